import { AdvxError, expected, ShapeError } from '../../errors.ts'
import type { Window } from '../../ops/conv.ts'
import { type Shape, show } from '../../shape.ts'
import type { Call } from './call.ts'

/** Far above what networks use; what follows from these numbers must stay small. */
const LONGEST = 1024

/** Throws where a tensor is not [N, C, H, W]. */
export function demandPicture(shape: Shape, what: string): void {
  if (shape.length === 4) return
  const axes = shape.length - 2
  throw new ShapeError(`advx knows ${what} over height and width, not over ${axes} axes as in [${show(shape)}].`)
}

/** A pair of numbers from 1 on, one for the height and one for the width. */
export function pairOf(call: Call, name: string, absent?: number): readonly [number, number] {
  const values = call.ints(name, absent === undefined ? undefined : [absent, absent])
  if (values.length !== 2 || !values.every(v => Number.isInteger(v) && v >= 1 && v <= LONGEST))
    throw expected('model', `two numbers from 1 to ${LONGEST}`, `its attribute '${name}'`, values)
  return [values[0], values[1]]
}

export interface Windows extends Window {
  /** Rows and columns behind the pads that only complete the last windows, as ceil_mode asks for. */
  readonly extra: readonly [number, number]
}

/**
 * How a window of `kernel` walks over [H, W]. The pads of auto_pad and ceil_mode are worked out here:
 * SAME makes ⌈length / stride⌉ windows; with ceil_mode the last may begin anywhere in the picture or the left pad.
 * https://onnx.ai/onnx/operators/onnx__MaxPool.html
 */
export function windowsOf(call: Call, lengths: readonly number[], kernel: readonly number[]): Windows {
  const strides = pairOf(call, 'strides', 1)
  const dilations = pairOf(call, 'dilations', 1)
  const reach = kernel.map((k, axis) => dilations[axis] * (k - 1) + 1)
  const auto = call.text('auto_pad', 'NOTSET')
  const pads = padsOf(call, auto, (axis: number) => {
    const windows = Math.ceil(lengths[axis] / strides[axis])
    return Math.max(0, (windows - 1) * strides[axis] + reach[axis] - lengths[axis])
  })
  const ceil = call.int('ceil_mode', 0) !== 0
  const extra = [0, 1].map(axis => {
    const rest = lengths[axis] + pads[axis] + pads[axis + 2] - reach[axis]
    const windows = Math.ceil(rest / strides[axis]) + 1
    const last = (windows - 1) * strides[axis]
    return ceil && last < lengths[axis] + pads[axis] ? Math.max(0, last - rest) : 0
  })
  return { strides, dilations, pads, extra: [extra[0], extra[1]] }
}

type Pads = readonly [number, number, number, number]

function padsOf(call: Call, auto: string, missing: (axis: number) => number): Pads {
  if (auto === 'VALID') return [0, 0, 0, 0]
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const [less, more] = [Math.floor, Math.ceil].map(round => [0, 1].map(axis => round(missing(axis) / 2)))
    const [front, back] = auto === 'SAME_UPPER' ? [less, more] : [more, less]
    return [front[0], front[1], back[0], back[1]]
  }
  if (auto !== 'NOTSET' && auto !== '')
    throw new AdvxError('model', `Its attribute 'auto_pad' is '${auto}', which is no way of padding.`)
  const values = call.ints('pads', [0, 0, 0, 0])
  if (values.length !== 4 || !values.every(v => Number.isInteger(v) && v >= 0 && v <= LONGEST))
    throw expected('model', `four numbers from 0 to ${LONGEST}`, "its attribute 'pads'", values)
  return [values[0], values[1], values[2], values[3]]
}
