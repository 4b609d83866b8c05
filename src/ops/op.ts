import type { Shape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'

export type Attrs = Readonly<Record<string, unknown>>
export type Cotangents = readonly (Tensor | null)[]

/** What a reference kernel is told besides its data. The batch is filled in: no length is negative. */
export interface Kernel {
  readonly shape: readonly number[]
  readonly shapes: readonly (readonly number[])[]
  readonly attrs: Attrs
}

/** Where an operator's ONNX form is written to; every method returns the name of a value. */
export interface OnnxEmitter {
  node(
    type: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxValue>>,
    /** The operator's set, ONNX's own when absent. */
    domain?: string,
  ): string
  /** A node whose second output is wanted. */
  second(type: string, inputs: readonly string[], attributes?: Readonly<Record<string, OnnxValue>>): string
  /** A float32 constant. */
  floats(values: readonly number[], shape?: readonly number[]): string
  /** An int64 constant, as shapes, axes and pads are. */
  ints(values: readonly number[]): string
}
/** An attribute: whole numbers are `int`, `float(x)` marks the others, text is `string`. */
export type OnnxValue =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly floats: readonly number[] }
export const float = (value: number): OnnxValue => ({ float: value })

/**
 * The ONNX form: the operator's name where inputs go over as they are, a rule that writes nodes, or
 * `{ as }`, the same in terms of other operators.
 */
export type OnnxForm =
  | string
  | ((emit: OnnxEmitter, inputs: readonly string[], node: Tensor) => string)
  | { readonly as: (node: Tensor) => Tensor }

/** A tensor that TensorFlow.js holds. */
export interface TfjsTensor {
  readonly shape: readonly number[]
}

/** The kernels of a TensorFlow.js backend, by the names and with the inputs and attributes that it registers them under. */
export interface TfjsKernels {
  run(kernel: string, inputs: TfjsInputs, attributes?: Attrs): TfjsTensor
  /** All outputs of a kernel that has several. */
  all(kernel: string, inputs: TfjsInputs, attributes?: Attrs): readonly TfjsTensor[]
  floats(values: readonly number[], shape?: readonly number[]): TfjsTensor
  /** int32, as indices are. */
  ints(values: readonly number[], shape?: readonly number[]): TfjsTensor
}
export type TfjsInputs = Readonly<Record<string, TfjsTensor>> | readonly TfjsTensor[]

/** Computes a node; the batch is filled in. */
export type TfjsRule = (tf: TfjsKernels, inputs: readonly TfjsTensor[], kernel: Kernel) => TfjsTensor

/** The same in terms of other operators; null where the kernels do it, of which a backend `has` not all. */
export type TfjsAs = (node: Tensor, has: (kernel: string) => boolean) => Tensor | null

/**
 * The TensorFlow.js form: a kernel's name where inputs (`x`, or `a` and `b`) go over as they are, a rule, `{ as }`, or a
 * rule whose inputs and result have their axes in another order than in the graph.
 */
export type TfjsForm =
  | string
  | TfjsRule
  | { readonly as: TfjsAs }
  | {
      readonly as: TfjsAs
      readonly rule: TfjsRule
      /** For each input the axes of the graph's tensor in the rule's order, null: as it is. */
      readonly inputs: readonly (readonly number[] | null)[]
      readonly output: readonly number[]
    }

/** Maps and kernels of convolutions as TensorFlow orders their axes: [N, H, W, C] and [kh, kw, I, O]. */
export const NHWC = [0, 2, 3, 1] as const
export const HWIO = [2, 3, 1, 0] as const

/**
 * Everything advx knows about one primitive: what it is called, what shape it
 * has, how it is differentiated, and how each executor computes it.
 *
 * No field is optional, so the compiler names the rule a new operator still lacks.
 */
export interface Op {
  readonly name: string
  /** Shape of the output. Throws `ShapeError` when the inputs do not fit. */
  shape(inputs: readonly Shape[], attrs: Attrs): Shape
  /** Cotangents of the inputs, given `g`, the cotangent of the output `y`. `null`: no gradient flows. */
  vjp(g: Tensor, y: Tensor, inputs: readonly Tensor[], attrs: Attrs): Cotangents
  /** Nodes of ONNX opset 17. */
  readonly onnx: OnnxForm
  /** Kernels of TensorFlow.js. */
  readonly tfjs: TfjsForm
  /** Plain JavaScript in float64, slow and obvious: what the other executors are tested against. */
  js(inputs: readonly Float64Array[], kernel: Kernel): Float64Array
}

/** `[-1, 3, 32, 32]`: the target of a Reshape; at most one axis holds the batch. */
export const onnxShape = (shape: Shape): number[] => shape.map(d => (d < 0 ? -1 : d))

/**
 * Copies from a strided view, row-major: `out[i, j, …] = data[offset + i·steps[0] + j·steps[1] + …]`.
 * A step of 0 repeats (broadcasting), a negative one walks backwards.
 */
export function view(data: Float64Array, shape: readonly number[], steps: readonly number[], offset = 0): Float64Array {
  const out = new Float64Array(shape.reduce((a, b) => a * b, 1))
  walk(shape, steps, offset, (i, j) => {
    out[i] = data[j]
  })
  return out
}

/** Calls `visit(i, j)` for the i-th element of `shape` in row-major order and its place j in a strided view. */
export function walk(
  shape: readonly number[],
  steps: readonly number[],
  offset: number,
  visit: (i: number, j: number) => void,
): void {
  const total = shape.reduce((a, b) => a * b, 1)
  const last = shape.length - 1
  const inner = last < 0 ? 1 : shape[last]
  const step = last < 0 ? 0 : steps[last]
  const index = new Array<number>(Math.max(last, 0)).fill(0)
  let base = offset
  for (let i = 0; i < total; i += inner) {
    for (let k = 0, j = base; k < inner; k++, j += step) visit(i + k, j)
    for (let axis = last - 1; axis >= 0; axis--) {
      base += steps[axis]
      if (++index[axis] < shape[axis]) break
      base -= steps[axis] * shape[axis]
      index[axis] = 0
    }
  }
}
