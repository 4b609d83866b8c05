import { AdvxError, expected, ShapeError } from '../../errors.ts'
import { OPSETS } from '../../formats/onnx/opset.ts'
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxSparse } from '../../formats/onnx/schema.ts'
import { size } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import type { Budget } from './budget.ts'
import type { Notes } from './notes.ts'

import { asNumbers, asTensor, fromFile, type Numbers, numbers, plain, type Value } from './value.ts'

/** What holds for the whole import. */
export interface Setting {
  readonly budget: Budget
  readonly notes: Notes
  /** The batch that literals of the file were written for: its fixed batch, else 1. */
  readonly batch: number
  /** Whether the file's own input has that batch and no other. */
  readonly fixed: boolean
  /** Told of each node, as it was read. */
  readonly observe?: ((operator: string, inputs: readonly Value[], results: readonly Value[]) => void) | undefined
  /** What the network sees, by which constants are repeated once a picture. */
  readonly pictures: Tensor
}

/** What a node reads, and what it is read in. */
interface Circumstances {
  readonly opset: number
  readonly setting: Setting
  readonly live: boolean
  readonly graph: (graph: OnnxGraph) => readonly (Value | undefined)[]
}

/** How one node is read as another one. */
interface Likeness {
  readonly inputs: readonly (Value | undefined)[]
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>
  /** Of ai.onnx. */
  readonly opset?: number
}

/** How a node becomes graph of the core: one value, or one for each of its outputs, undefined where it is not known. */
export type Operator = (call: Call) => Value | readonly (Value | undefined)[]
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
  readonly #how: Circumstances

  constructor(node: OnnxNode, inputs: readonly (Value | undefined)[], how: Circumstances) {
    this.node = node
    this.#inputs = inputs
    this.#how = how
    this.opset = how.opset
    this.setting = how.setting
    this.live = how.live
  }

  /** The same node with other inputs and further attributes, as an operator of ai.onnx reads it. */
  as({ inputs, attributes = {}, opset = OPSETS.last }: Likeness): Call {
    const all = new Map([...this.node.attributes, ...Object.entries(attributes)])
    return new Call({ ...this.node, attributes: all }, inputs, { ...this.#how, opset })
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

  floats(name: string, absent?: readonly number[]): number[] {
    return [...this.#attribute(name, 'floats', absent)]
  }

  ints(name: string, absent?: readonly number[]): number[] {
    return [...this.#attribute(name, 'ints', absent)]
  }

  text(name: string, absent?: string): string {
    return this.#attribute(name, 'string', absent)
  }

  texts(name: string, absent?: readonly string[]): readonly string[] {
    return this.#attribute(name, 'strings', absent)
  }

  /** The results of the graph in an attribute, which reads the values around the node. */
  graph(name: string): Value[] {
    const results = this.#how.graph(this.#attribute<'graph'>(name, 'graph', undefined))
    if (results.some(value => value === undefined))
      throw new AdvxError('model', `The graph in its attribute '${name}' gives nothing.`)
    return results.filter(value => value !== undefined)
  }

  /** The value of the first of these attributes that is there, as the operator Constant has them. */
  constant(): Value {
    for (const [name, { kind, value }] of this.node.attributes) {
      if (name === 'value' && kind === 'tensor') return fromFile(value)
      if (name === 'sparse_value' && kind === 'sparse') return this.#filled(value)
      if (name === 'value_int' && kind === 'int') return numbers([value], [])
      if (name === 'value_ints' && kind === 'ints') return numbers(value)
      if (name === 'value_float' && kind === 'float') return asTensor(numbers([value], [], 'float'))
      if (name === 'value_floats' && kind === 'floats') {
        const floats = numbers(value, [value.length], 'float')
        return value.length > 0 ? asTensor(floats) : floats
      }
    }
    if (this.node.attributes.has('value_string') || this.node.attributes.has('value_strings'))
      throw new AdvxError('model', 'Texts are no numbers.')
    throw new AdvxError('model', 'It has no value.')
  }

  /** A sparse tensor with its zeros. */
  #filled({ dims, values, places }: OnnxSparse): Value {
    const { budget } = this.setting
    budget.constant(dims)
    budget.numbers(size(dims))
    const some = asNumbers(fromFile(values))
    const data = new Float64Array(size(dims))
    for (const [i, place] of places.entries()) data[place] = some!.data[i]
    const all = { ...some!, dims, data }
    return all.kind === 'float' && data.length > 0 ? asTensor(all) : all
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
