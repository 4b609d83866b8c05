import { AdvxError } from '../../../errors.ts'
import { mapAxis } from '../../../ops/linear-map.ts'
import { expand, reshape } from '../../../ops/shape.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { nearest, placeNamed } from '../coordinates.ts'
import { cubic, type Edges, type Filter, interpolation, linear } from '../interpolation.ts'
import { type Scalings, scalingsOf } from '../scaling.ts'
import { picked } from './gathering.ts'

const resized: Operator = call => {
  const x = call.tensor(0)
  const scalings = scalingsOf(call, x)
  call.setting.budget.activation(x.shape.map((d, axis) => scalings.get(axis)?.resized ?? d))
  const mode = call.text('mode', 'nearest')
  if (mode === 'nearest') return copied(call, x, scalings)
  // What the first versions called bilinear is linear along every axis.
  if (mode === 'linear' || mode === 'bilinear') return interpolated(call, x, scalings, linear)
  if (mode === 'cubic') return interpolated(call, x, scalings, cubic(call.float('cubic_coeff_a', -0.75)))
  throw new AdvxError('model', `Its mode '${mode}' is no way of resizing.`)
}

const coordinates = (call: Call): string =>
  call.opset < 11 ? 'asymmetric' : call.text('coordinate_transformation_mode', 'half_pixel')

/** Copies of the nearest pixels. */
function copied(call: Call, x: Tensor, scalings: Scalings): Tensor {
  const place = placeNamed(coordinates(call))
  const sources = new Map<number, readonly number[]>()
  for (const [axis, scaling] of scalings) {
    const rounding =
      call.opset >= 11 ? call.text('nearest_mode', 'round_prefer_floor') : scaling.scale < 1 ? 'ceil' : 'floor'
    sources.set(axis, nearest(scaling, place, rounding))
  }
  const repeats = x.shape.map((length, axis) => {
    const places = sources.get(axis) ?? []
    const times = places.length / length
    return Number.isInteger(times) && places.every((from, i) => from === Math.floor(i / times)) ? times : 1
  })
  let y = repeated(
    x,
    repeats.map(times => Math.max(1, times)),
  )
  for (const [axis, places] of sources) if (repeats[axis] <= 1) y = picked(y, axis, places)
  return y
}

/** Every element so many times behind each other along each axis. */
function repeated(x: Tensor, times: readonly number[]): Tensor {
  const split = x.shape.flatMap((d, axis) => (times[axis] > 1 ? [d, 1] : [d]))
  const wide = x.shape.flatMap((d, axis) => (times[axis] > 1 ? [d, times[axis]] : [d]))
  return reshape(
    expand(reshape(x, split), wide),
    x.shape.map((d, axis) => d * times[axis]),
  )
}

/** Weighted means of the pixels around, axis by axis. */
function interpolated(call: Call, x: Tensor, scalings: Scalings, filter: Filter): Tensor {
  const place = placeNamed(coordinates(call))
  const edges: Edges = { exclude: call.int('exclude_outside', 0) !== 0, antialias: call.int('antialias', 0) !== 0 }
  return [...scalings].reduce((y, [axis, scaling]) => {
    call.setting.budget.constant([scaling.resized, scaling.length])
    return mapAxis(y, interpolation(scaling, place, filter, edges), axis)
  }, x)
}

export const RESIZES: Operators = { Resize: resized, Upsample: resized }
