import { AdvxError } from '../../errors.ts'
import type { Scaling } from './scaling.ts'

/** Where the i-th new pixel lies among the old ones, whose centres are 0, 1, …: in float32, as runtimes compute it. */
export type Place = (i: number, scaling: Scaling) => number

const f = Math.fround
const halfPixel: Place = (i, { scale }) => f(f((i + 0.5) / scale) - 0.5)

/** https://onnx.ai/onnx/operators/onnx__Resize.html, coordinate_transformation_mode */
const PLACES: Readonly<Record<string, Place>> = {
  half_pixel: halfPixel,
  pytorch_half_pixel: (i, scaling) => (scaling.resized > 1 ? halfPixel(i, scaling) : 0),
  half_pixel_symmetric(i, scaling) {
    const { length, resized, scale } = scaling
    const adjustment = f(resized / f(scale * length))
    return f(f((length / 2) * f(1 - adjustment)) + halfPixel(i, scaling))
  },
  align_corners: (i, { length, resized }) => (resized > 1 ? f((i * (length - 1)) / (resized - 1)) : 0),
  asymmetric: (i, { scale }) => f(i / scale),
  tf_half_pixel_for_nn: (i, { scale }) => f((i + 0.5) / scale),
}

export function placeNamed(name: string): Place {
  if (Object.hasOwn(PLACES, name)) return PLACES[name]
  throw new AdvxError('model', `Coordinates by '${name}' are not known. Known are: ${Object.keys(PLACES).join(', ')}.`)
}

/** https://onnx.ai/onnx/operators/onnx__Resize.html, nearest_mode */
const ROUNDINGS: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: x => Math.ceil(x - 0.5),
  round_prefer_ceil: x => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
}

/** The old pixel that each new one is a copy of. */
export function nearest(scaling: Scaling, place: Place, rounding: string): number[] {
  if (!Object.hasOwn(ROUNDINGS, rounding))
    throw new AdvxError('model', `Its attribute 'nearest_mode' is '${rounding}', which is no way of rounding.`)
  return Array.from({ length: scaling.resized }, (_, i) =>
    Math.min(Math.max(ROUNDINGS[rounding](place(i, scaling)), 0), scaling.length - 1),
  )
}
