import { AdvxError, expected, ShapeError } from '../../errors.ts'
import type { Window } from '../../ops/conv.ts'
import { reshape } from '../../ops/shape.ts'
import { type Shape, show } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import type { Call } from './call.ts'

/** Far above what networks use; what follows from these numbers must stay small. */
const LONGEST = 1024

/** Throws where a tensor is not [N, C, H, W]. */
export function demandPicture(shape: Shape, what: string): void {
  if (shape.length === 4) return
  const axes = shape.length - 2
  throw new ShapeError(`advx knows ${what} over height and width, not over ${axes} axes as in [${show(shape)}].`)
}

/** A tensor [N, C, L] as [N, C, 1, L], and [N, C, H, W] as it is. */
export function asPicture(x: Tensor, what: string): Tensor {
  if (x.shape.length === 3) return reshape(x, [...x.shape.slice(0, 2), 1, x.shape[2]])
  demandPicture(x.shape, what)
  return x
}

/**
 * A pair of numbers from 1 on, one for the height and one for the width; where there is only one of these axes the
 * file has one number, and that of the height is 1.
 */
export function pairOf(call: Call, name: string, absent?: number, axes = 2): readonly [number, number] {
  const values = call.ints(name, absent === undefined ? undefined : new Array<number>(axes).fill(absent))
  if (values.length !== axes || !values.every(v => Number.isInteger(v) && v >= 1 && v <= LONGEST))
    throw expected('model', `${COUNTS[axes]} from 1 to ${LONGEST}`, `its attribute '${name}'`, values)
  return axes === 1 ? [1, values[0]] : [values[0], values[1]]
}
const COUNTS = ['none', 'one number', 'two numbers', '', 'four numbers']

export interface Windows extends Window {
  /** Rows and columns behind the pads that only complete the last windows, as ceil_mode asks for. */
  readonly extra: readonly [number, number]
}

/**
 * How a window of `kernel` walks over [H, W], or over [1, L] where the file has one axis. The pads of auto_pad and ceil_mode are worked out here:
 * SAME makes ⌈length / stride⌉ windows; with ceil_mode the last may begin anywhere in the picture or the left pad.
 * https://onnx.ai/onnx/operators/onnx__MaxPool.html
 */
export function windowsOf(call: Call, lengths: readonly number[], kernel: readonly number[], axes = 2): Windows {
  const strides = pairOf(call, 'strides', 1, axes)
  const dilations = pairOf(call, 'dilations', 1, axes)
  const reach = kernel.map((k, axis) => dilations[axis] * (k - 1) + 1)
  const auto = call.text('auto_pad', 'NOTSET')
  const pads = padsOf(call, auto, axes, axis => missingForSame(lengths[axis], reach[axis], strides[axis]))
  const ceil = call.int('ceil_mode', 0) !== 0
  const extra = [0, 1].map(axis => {
    const rest = lengths[axis] + pads[axis] + pads[axis + 2] - reach[axis]
    const windows = Math.ceil(rest / strides[axis]) + 1
    const last = (windows - 1) * strides[axis]
    return ceil && last < lengths[axis] + pads[axis] ? Math.max(0, last - rest) : 0
  })
  return { strides, dilations, pads, extra: [extra[0], extra[1]] }
}

/** What a length lacks for ⌈length / stride⌉ windows that reach so far. */
export const missingForSame = (length: number, reach: number, stride: number): number =>
  Math.max(0, (Math.ceil(length / stride) - 1) * stride + reach - length)

export type Pads = readonly [number, number, number, number]

/** The padding of auto_pad `auto`, where `missing` says how much an axis lacks. */
export function padsOf(call: Call, auto: string, axes: number, missing: (axis: number) => number): Pads {
  if (auto === 'VALID') return [0, 0, 0, 0]
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') return shared([missing(0), missing(1)], auto === 'SAME_LOWER')
  if (auto !== 'NOTSET' && auto !== '')
    throw new AdvxError('model', `Its attribute 'auto_pad' is '${auto}', which is no way of padding.`)
  const values = call.ints('pads', new Array<number>(2 * axes).fill(0))
  if (values.length !== 2 * axes || !values.every(v => Number.isInteger(v) && v >= 0 && v <= LONGEST))
    throw expected('model', `${COUNTS[2 * axes]} from 0 to ${LONGEST}`, "its attribute 'pads'", values)
  return axes === 1 ? [0, values[0], 0, values[1]] : [values[0], values[1], values[2], values[3]]
}

/** Half of each axis' total in front and half behind; of an odd one the larger part in front or not. */
export function shared(totals: readonly number[], moreInFront: boolean): Pads {
  const [less, more] = [Math.floor, Math.ceil].map(round => totals.map(total => round(total / 2)))
  const [front, back] = moreInFront ? [more, less] : [less, more]
  return [front[0], front[1], back[0], back[1]]
}
