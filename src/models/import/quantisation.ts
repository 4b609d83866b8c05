import { AdvxError, expected, ShapeError } from '../../errors.ts'
import type { TensorType } from '../../formats/onnx/schema.ts'
import { maximum, minimum } from '../../ops/elementwise.ts'
import { quantise } from '../../ops/quantize.ts'
import { reshape } from '../../ops/shape.ts'
import { type Shape, show } from '../../shape.ts'
import { dataOf, isConstant, type Tensor } from '../../tensor.ts'
import { axisOf } from './axes.ts'
import type { Call } from './call.ts'
import { asNumbers, isTensor } from './value.ts'

const RANGES: Partial<Record<TensorType, readonly [lo: number, hi: number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
}

/** Whole numbers q that stand for (q − zero) · scale. */
export interface Grid {
  /** One number, or shaped so that it goes along an axis of what is quantised. */
  readonly scale: Tensor
  readonly zero: Tensor | null
}

/** Scale and zero point of a tensor of `shape` at the inputs `i` and i + 1 of a node, along `axis` where they are several. */
export const gridAt = (call: Call, i: number, shape: Shape, axis: number): Grid => ({
  scale: along(call.tensor(i), shape, axis),
  zero: zeroAt(call, i + 1, shape, axis),
})

export function zeroAt(call: Call, i: number, shape: Shape, axis: number): Tensor | null {
  if (!call.has(i)) return null
  const zero = call.tensor(i)
  const known = asNumbers(zero)
  return known?.data.every(z => z === 0) ? null : along(zero, shape, axis)
}

/** One number for each place along an axis, shaped to go with a tensor of `shape`; one alone goes with any. */
function along(t: Tensor, shape: Shape, axis: number): Tensor {
  if (!isConstant(t)) return t
  const length = dataOf(t).length
  if (length === 1) return reshape(t, [])
  const at = axisOf(axis, shape.length)
  if (t.shape.length !== 1 || length !== shape[at])
    throw new ShapeError(`Scales or zero points of [${show(t.shape)}] do not fit axis ${at} of [${show(shape)}].`)
  return reshape(
    t,
    shape.slice(at).map((_, i) => (i === 0 ? length : 1)),
  )
}

/** The range of the whole numbers whose zero point is input `i`: its type says it. */
export function rangeAt(call: Call, i: number): readonly [lo: number, hi: number] {
  const zero = call.value(i)
  const type = isTensor(zero) ? undefined : zero.element
  return rangeOf(type ?? 'no type that the file tells')
}

export function rangeOf(type: string): readonly [lo: number, hi: number] {
  const range = RANGES[type as TensorType]
  if (range) return range
  throw expected('model', Object.keys(RANGES).join(', '), 'its zero point', type)
}

/** (q − zero) · scale. */
export const dequantised = (q: Tensor, { scale, zero }: Grid): Tensor => centred(q, zero).mul(scale)

/** q − zero: a zero point that was just added is taken away again. */
export function centred(q: Tensor, zero: Tensor | null): Tensor {
  if (!zero) return q
  const [before, added] = q.inputs
  const same = q.op.name === 'add' && isConstant(added) && isConstant(zero) && sameNumber(added, zero)
  return same ? before : q.sub(zero)
}

const sameNumber = (a: Tensor, b: Tensor): boolean =>
  dataOf(a).length === 1 && dataOf(b).length === 1 && dataOf(a)[0] === dataOf(b)[0]

/**
 * round(x / scale) + zero, held in a range: halves to even numbers, and gradients straight through, as
 * ../../ops/quantize.ts has them.
 */
export function quantised(x: Tensor, { scale, zero }: Grid, [lo, hi]: readonly [lo: number, hi: number]): Tensor {
  const levels = x.div(scale)
  if (!zero) return quantise(levels, lo, hi)
  if (isConstant(zero) && dataOf(zero).length === 1) {
    const [z] = dataOf(zero)
    return quantise(levels, lo - z, hi - z).add(zero)
  }
  // Where the zero point varies so do the ends of the range; ties pass the gradient on.
  return minimum(maximum(quantise(levels, -MOST, MOST).add(zero), lo), hi)
}

/** More than any range has. */
const MOST = 2 ** 20

/** Throws for quantisation that is not by tensor or axis. */
export function demandWhole(call: Call): void {
  if (call.int('block_size', 0) !== 0)
    throw new AdvxError('model', 'Numbers that are quantised in blocks are not known.')
}
