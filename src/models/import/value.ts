import { AdvxError, ShapeError } from '../../errors.ts'
import type { OnnxTensor, TensorType } from '../../formats/onnx/schema.ts'
import type { Shape } from '../../shape.ts'
import { constant, dataOf, isConstant, Tensor } from '../../tensor.ts'

/**
 * What a name of an ONNX graph stands for while the graph is imported: a tensor of the core, or numbers that are
 * known by then.
 */
export type Value = Tensor | Numbers
export type Kind = 'int' | 'float' | 'bool'

/**
 * Numbers that a model computes from shapes, for shapes: sizes, axes, pads. They are gone when the import is done.
 * The i-th, in row-major order, is `data[i] + batch[i]·N` where N is the batch; without `batch` none depends on N.
 */
export interface Numbers {
  readonly dims: readonly number[]
  readonly kind: Kind
  readonly data: Float64Array
  readonly batch: Float64Array | null
  /** The type that they have in the file, where that is known: zero points tell by it what they belong to. */
  readonly element?: TensorType | undefined
}

export const isTensor = (value: Value): value is Tensor => value instanceof Tensor

export const numbers = (
  values: ArrayLike<number>,
  dims: readonly number[] = [values.length],
  kind: Kind = 'int',
): Numbers => ({ dims, kind, data: Float64Array.from(values), batch: null })

/** The lengths of a shape of the core, where −k stands for k·N. */
export const lengths = (shape: Shape): Numbers => ({
  ...numbers(shape.map(d => Math.max(d, 0))),
  batch: shape.some(d => d < 0) ? Float64Array.from(shape, d => Math.max(-d, 0)) : null,
})

export const dependsOnBatch = (): ShapeError =>
  new ShapeError('It needs a number that depends on how many pictures come at once.')

/** The numbers as they are. Throws where one depends on the batch. */
export function plain({ data, batch }: Numbers): number[] {
  if (batch?.some(k => k !== 0)) throw dependsOnBatch()
  return Array.from(data)
}

/** Numbers as a constant of the core, which is float32. */
export function asTensor(value: Value): Tensor {
  if (isTensor(value)) return value
  if (value.data.length === 0) throw new ShapeError('It needs a tensor that has no elements.')
  return constant(Float32Array.from(plain(value)), value.dims)
}

/** The numbers of a value that is known, or undefined. */
export function asNumbers(value: Value): Numbers | undefined {
  if (!isTensor(value)) return value
  return isConstant(value) ? numbers(dataOf(value), value.shape, 'float') : undefined
}

/** A tensor of the file: floats are constants of the core, whole numbers and bools are numbers. */
export function fromFile(tensor: OnnxTensor): Value {
  const { dims, type, data } = tensor
  if (type === 'string') throw new AdvxError('model', 'Texts are no numbers.')
  const floats = data instanceof Float32Array || data instanceof Float64Array
  if (floats && data.length > 0) return constant(data instanceof Float32Array ? data : Float32Array.from(data), dims)
  const kind = floats ? 'float' : type === 'bool' ? 'bool' : 'int'
  const values = data instanceof BigInt64Array || data instanceof BigUint64Array ? Array.from(data, exact) : data
  return { ...numbers(values, dims, kind), element: type }
}

/** INT64_MAX and its neighbours say "to the end". */
const exact = (value: bigint): number =>
  Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number(value), Number.MAX_SAFE_INTEGER))
