import type { OnnxModel, OnnxNode, OnnxTensor } from '../../../../src/formats/onnx/schema.ts'
import { normals, uniform } from '../../../support/values.ts'
import { floats, ints, node, smallModel } from '../small-model.ts'

/** A value of the net: its name, and its shape for each picture, mostly [C, H, W]. */
export interface Value {
  readonly name: string
  readonly shape: readonly number[]
}

export type Attributes = NonNullable<Parameters<typeof node>[2]>

/** What a net grows by: pictures [C, H, W] to pictures. Null: it does not fit them, or this opset. */
export type Block = (net: RandomNet, x: Value) => Value | null
export type Blocks = Readonly<Record<string, Block>>

const OPSETS = [9, 10, 11, 12, 13, 14, 15, 17, 18, 20] as const

/** A net under construction, and the random numbers that decide what it becomes: the same seed, the same net. */
export class RandomNet {
  readonly nodes: OnnxNode[] = []
  readonly weights: Record<string, OnnxTensor> = {}
  readonly seed: number
  readonly opset: number
  /** 1: the file is made for one picture. */
  readonly batch: 'N' | 1
  private readonly next: () => number
  private names = 0

  constructor(seed: number) {
    this.seed = seed
    this.next = uniform(seed)
    this.opset = this.among(OPSETS)
    this.batch = this.chance(0.3) ? 1 : 'N'
  }

  /** Evenly distributed, both ends included. */
  whole(lo: number, hi: number): number {
    return lo + Math.floor(this.next() * (hi - lo + 1))
  }

  number(lo: number, hi: number): number {
    return lo + (hi - lo) * this.next()
  }

  chance(p: number): boolean {
    return this.next() < p
  }

  among<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)]
  }

  /** Normal numbers with this deviation, around `mean`. */
  weight(dims: readonly number[], deviation = 1, mean = 0): string {
    const values = normals(
      dims.reduce((a, b) => a * b, 1),
      1e6 * this.seed + this.names,
    )
    return this.keep(
      floats(
        dims,
        Array.from(values, v => mean + deviation * v),
      ),
    )
  }

  /** Numbers between two others, as scales are. */
  between(dims: readonly number[], lo: number, hi: number): string {
    return this.keep(
      floats(
        dims,
        filled(dims, () => this.number(lo, hi)),
      ),
    )
  }

  scalar(value: number): string {
    return this.keep(floats([], [value]))
  }

  list(values: readonly number[]): string {
    return this.keep(floats([values.length], values))
  }

  whole64(values: readonly number[], dims?: readonly number[]): string {
    return this.keep(ints(values, dims))
  }

  private keep(tensor: OnnxTensor): string {
    const name = `w${this.names++}`
    this.weights[name] = tensor
    return name
  }

  /** Adds a node with one output. */
  add(type: string, inputs: readonly (Value | string)[], shape: readonly number[], attributes: Attributes = {}): Value {
    return this.addAll(type, inputs, [shape], attributes)[0]
  }

  /** Adds a node with several outputs. */
  addAll(
    type: string,
    inputs: readonly (Value | string)[],
    shapes: readonly (readonly number[])[],
    attributes: Attributes = {},
  ): Value[] {
    const names = inputs.map(input => (typeof input === 'string' ? input : input.name))
    const outputs = shapes.map(shape => ({ name: `v${this.names++}`, shape }))
    this.nodes.push(node(type, `${names.join(', ')} -> ${outputs.map(o => o.name).join(', ')}`, attributes))
    return outputs
  }

  /** Reshape of each picture, with the batch as a file may write it. */
  reshape(x: Value, shape: readonly number[]): Value {
    const batch = this.batch === 1 ? this.among([1, 0, -1]) : this.among([0, -1])
    const free = batch !== -1 && this.chance(0.5) ? this.whole(0, shape.length - 1) : -1
    const target = [batch, ...shape.map((d, i) => (i === free ? -1 : d))]
    return this.add('Reshape', [x, this.whole64(target)], shape)
  }

  /** Axes as an attribute before opset `since`, as an input from then on. */
  axes(axes: readonly number[], since: number): { inputs: readonly string[]; attributes: Attributes } {
    return this.opset < since ? { inputs: [], attributes: { axes } } : { inputs: [this.whole64(axes)], attributes: {} }
  }

  model(input: readonly (number | string)[], output: Value): OnnxModel {
    return smallModel({
      nodes: this.nodes,
      weights: this.weights,
      opset: this.opset,
      input: [this.batch, ...input],
      output: output.name,
    })
  }
}

const filled = (dims: readonly number[], value: () => number): number[] =>
  Array.from({ length: dims.reduce((a, b) => a * b, 1) }, value)

export const count = ({ shape }: Value): number => shape.reduce((a, b) => a * b, 1)
