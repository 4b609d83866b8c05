import { AdvxError } from '../../errors.ts'
import { type TfAttribute, type TfGraph, type TfNode, type TfWeight, tfShape } from '../../formats/tfjs/write.ts'
import { permuted } from '../../ops/shape.ts'
import { type Shape, show, size } from '../../shape.ts'
import { dataOf, isConstant, type Tensor } from '../../tensor.ts'

/** How a tensor lies in the written graph: as the core has it, or a picture [N, C, H, W] as [N, H, W, C]. */
export type Order = 'own' | 'last'

export const LAST: readonly number[] = [0, 2, 3, 1]
const FIRST: readonly number[] = [0, 3, 1, 2]

// Attributes of nodes.
export const text = (value: string): TfAttribute => ({ s: Buffer.from(value).toString('base64') })
export const whole = (value: number): TfAttribute => ({ i: String(value) })
export const wholes = (values: readonly number[]): TfAttribute => ({ list: { i: values.map(String) } })
export const flag = (b: boolean): TfAttribute => ({ b })
const FLOAT: TfAttribute = { type: 'DT_FLOAT' }
const INT: TfAttribute = { type: 'DT_INT32' }

/** [-1, 3, 8, 8]: a shape as TensorFlow says it; of the batch only its place is known. */
export const tfLengths = (shape: Shape): number[] => shape.map(d => (d < 0 ? -1 : d))

/** Collects the nodes and weights of a GraphModel; every method returns the name of a value. */
export class Writer {
  readonly nodes: TfNode[] = []
  readonly weights: TfWeight[] = []
  readonly #known = new Map<Tensor, Partial<Record<Order, string>>>()
  readonly #constants = new Map<string, string>()
  #count = 0

  /** Pictures [N, C, H, W] are given channels last, `batch` of them. Returns their shape. */
  input(t: Tensor, name: string, batch: number): number[] {
    const [, c, h, w] = t.shape
    const shape = [batch, h, w, c]
    this.nodes.push({ name, op: 'Placeholder', input: [], attr: { dtype: FLOAT, shape: { shape: tfShape(shape) } } })
    this.set(t, 'last', name)
    return shape
  }

  node(op: string, input: readonly string[], attr: TfNode['attr'] = {}, name = `v${++this.#count}`): string {
    this.nodes.push({ name, op, input, attr: { T: FLOAT, ...attr } })
    return name
  }

  floats(data: Float32Array, shape: readonly number[]): string {
    return this.#constant({ shape, data }, FLOAT)
  }

  ints(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const key = `${shape} ${values}`
    const before = this.#constants.get(key)
    if (before !== undefined) return before
    const name = this.#constant({ shape, data: Int32Array.from(values) }, INT)
    this.#constants.set(key, name)
    return name
  }

  #constant(weight: Omit<TfWeight, 'name'>, dtype: TfAttribute): string {
    const name = `c${++this.#count}`
    this.weights.push({ ...weight, name })
    this.nodes.push({ name, op: 'Const', input: [], attr: { dtype } })
    return name
  }

  set(t: Tensor, order: Order, name: string): void {
    this.#known.set(t, { ...this.#known.get(t), [order]: name })
  }

  /** A tensor in an order, turned where it lies in the other one. */
  value(t: Tensor, order: Order): string {
    const known = this.#known.get(t)?.[order]
    if (known !== undefined) return known
    const name = isConstant(t) ? this.#weight(t, order) : this.#turned(t, order)
    this.set(t, order, name)
    return name
  }

  /** A tensor to be broadcast with others up to a rank: to pictures, channels last. */
  beside(t: Tensor, rank: number): string {
    if (rank !== 4 || (size(t.shape) === 1 && t.shape.length < 4)) return this.value(t, 'own')
    if (t.shape.length === 4) return this.value(t, 'last')
    if (!isConstant(t)) throw new AdvxError('model', `[${show(t.shape)}] beside pictures has no form in TensorFlow.js.`)
    const full = [...new Array<number>(4 - t.shape.length).fill(1), ...t.shape]
    return this.floats(
      turn(dataOf(t), full, LAST),
      LAST.map(axis => full[axis]),
    )
  }

  #weight(t: Tensor, order: Order): string {
    if (order === 'own') return this.floats(dataOf(t), t.shape)
    return this.floats(
      turn(dataOf(t), t.shape, LAST),
      LAST.map(axis => t.shape[axis]),
    )
  }

  #turned(t: Tensor, order: Order): string {
    const other = this.#known.get(t)?.[order === 'own' ? 'last' : 'own']
    if (other === undefined) throw new TypeError(`'${t.op.name}' was not written before it is read`)
    const perm = order === 'last' ? LAST : FIRST
    return this.node('Transpose', [other, this.ints(perm)], { Tperm: INT })
  }

  done(parts: Pick<TfGraph, 'inputs' | 'outputs' | 'metadata'>): TfGraph {
    return { ...parts, nodes: this.nodes, weights: this.weights }
  }
}

/** Data of `shape` with axis perm[i] as its i-th. */
export const turn = (data: Float32Array, shape: Shape, perm: readonly number[]): Float32Array =>
  Float32Array.from(permuted(Float64Array.from(data), shape, perm))
