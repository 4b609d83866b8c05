import { AdvxError, expected, ShapeError } from '../../errors.ts'
import type { OnnxAttribute, OnnxNode } from '../../formats/onnx/schema.ts'
import type { Tensor } from '../../tensor.ts'
import type { Budget } from './budget.ts'
import { asNumbers, asTensor, fromFile, type Numbers, numbers, plain, type Value } from './value.ts'

/** What holds for the whole import. */
export interface Setting {
  readonly budget: Budget
  /** The batch that literals of the file were written for: its fixed batch, else 1. */
  readonly batch: number
  /** Whether the file's own input has that batch and no other. */
  readonly fixed: boolean
  /** What the network sees, by which constants are repeated once a picture. */
  readonly pictures: Tensor
}

/** How a node becomes graph of the core: one value, or one for each of its outputs. */
export type Operator = (call: Call) => Value | readonly Value[]
export type Operators = Readonly<Record<string, Operator>>

/**
 * One node with its inputs, as its operator reads it. What the file left out, or made of another type, is an error in
 * the words of the file; the importer adds which node it is.
 */
export class Call {
  readonly node: OnnxNode
  readonly opset: number
  readonly setting: Setting
  /** Whether any input depends on the picture. */
  readonly live: boolean
  readonly #inputs: readonly (Value | undefined)[]

  constructor(
    node: OnnxNode,
    inputs: readonly (Value | undefined)[],
    how: { readonly opset: number; readonly setting: Setting; readonly live: boolean },
  ) {
    this.node = node
    this.#inputs = inputs
    this.opset = how.opset
    this.setting = how.setting
    this.live = how.live
  }

  has(i: number): boolean {
    return this.#inputs[i] !== undefined
  }

  value(i: number): Value {
    const value = this.#inputs[i]
    if (!value) throw new AdvxError('model', `Its input ${i + 1} is missing.`)
    return value
  }

  /** All inputs, where there may be any number of at least one. */
  values(): readonly Value[] {
    return Array.from({ length: Math.max(1, this.#inputs.length) }, (_, i) => this.value(i))
  }

  tensor(i: number): Tensor {
    return asTensor(this.value(i))
  }

  /** Numbers that have to be known when the model is read. */
  numbers(i: number): Numbers {
    const known = asNumbers(this.value(i))
    if (!known) throw new AdvxError('model', `Its input ${i + 1} is computed from the picture, but has to be constant.`)
    return known
  }

  /** Whole numbers, such as axes, that are the same for any batch. */
  whole(i: number): number[] {
    const values = plain(this.numbers(i))
    if (!values.every(Number.isSafeInteger)) throw new ShapeError(`Its input ${i + 1} is no list of whole numbers.`)
    return values
  }

  /** One number, for inputs that say a limit, a value or a ratio. */
  scalar(i: number): number {
    const values = plain(this.numbers(i))
    if (values.length !== 1) throw new ShapeError(`Its input ${i + 1} has ${values.length} numbers instead of one.`)
    return values[0]
  }

  /** Whole numbers that moved from an attribute to an input in opset `since`; undefined where there are none. */
  moved(name: string, i: number, since: number): number[] | undefined {
    if (this.opset < since) return this.node.attributes.has(name) ? this.ints(name) : undefined
    return this.has(i) ? this.whole(i) : undefined
  }

  int(name: string, absent?: number): number {
    return this.#attribute(name, 'int', absent)
  }

  float(name: string, absent?: number): number {
    return this.#attribute(name, 'float', absent)
  }

  ints(name: string, absent?: readonly number[]): number[] {
    return [...this.#attribute(name, 'ints', absent)]
  }

  text(name: string, absent?: string): string {
    return this.#attribute(name, 'string', absent)
  }

  /** The value of the first of these attributes that is there, as the operator Constant has them. */
  constant(): Value {
    for (const [name, { kind, value }] of this.node.attributes) {
      if (name === 'value' && kind === 'tensor') return fromFile(value)
      if (name === 'value_int' && kind === 'int') return numbers([value], [])
      if (name === 'value_ints' && kind === 'ints') return numbers(value)
      if (name === 'value_float' && kind === 'float') return asTensor(numbers([value], [], 'float'))
      if (name === 'value_floats' && kind === 'floats' && value.length > 0)
        return asTensor(numbers(value, [value.length], 'float'))
    }
    throw new AdvxError('model', 'It has no value.')
  }

  #attribute<K extends OnnxAttribute['kind'], V = Extract<OnnxAttribute, { kind: K }>['value']>(
    name: string,
    kind: K,
    absent: V | undefined,
  ): V {
    const attribute = this.node.attributes.get(name)
    if (!attribute && absent !== undefined) return absent
    if (!attribute) throw new AdvxError('model', `Its attribute '${name}' is missing.`)
    if (attribute.kind !== kind) throw expected('model', `the type ${kind}`, `its attribute '${name}'`, attribute.kind)
    return attribute.value as V
  }
}
