import { expected, ShapeError } from '../../../errors.ts'
import { reshape, transpose } from '../../../ops/shape.ts'
import { slice } from '../../../ops/slice.ts'
import { take } from '../../../ops/take.ts'
import { pick } from '../../../ops/top.ts'
import { type Shape, show, size, strides } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import { axisOf, demandNoBatch } from '../axes.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { move } from '../movement.ts'
import { asNumbers } from '../value.ts'
import { along } from './slicing.ts'

/** How often one element may be picked: its gradient is a sum of so many terms. */
const MOST_OFTEN = 64

/** The elements at `places` along an axis: a slice where they are evenly spaced. */
export function picked(x: Tensor, axis: number, places: readonly number[]): Tensor {
  const step = places.length > 1 ? places[1] - places[0] : 1
  if (step !== 0 && places.every((v, i) => v === places[0] + i * step))
    return along(x, axis, places[0], places.length, step)
  const often = new Map<number, number>()
  for (const place of places) often.set(place, (often.get(place) ?? 0) + 1)
  const most = Math.max(...often.values())
  if (most > MOST_OFTEN) throw new ShapeError(`It picks an element ${most} times; advx knows up to ${MOST_OFTEN}.`)
  return take(x, places, axis)
}

/** Indices into a length, counted from its end where negative. */
function placesIn(length: number, indices: readonly number[], what: string): number[] {
  const places = indices.map(i => (i < 0 ? i + length : i))
  if (places.length === 0 || places.some(i => !(Number.isInteger(i) && i >= 0 && i < length)))
    throw new ShapeError(`Its indices do not lie in ${what}.`)
  return places
}

const gathered: Operator = call => {
  const indices = call.numbers(1)
  return move(call, [call.value(0)], ([x]) => {
    const axis = axisOf(call.int('axis', 0), x.shape.length)
    demandNoBatch(x.shape, [axis], 'picks from')
    const places = placesIn(x.shape[axis], call.whole(1), `axis ${axis} of [${show(x.shape)}]`)
    const shape = [...x.shape.slice(0, axis), ...indices.dims, ...x.shape.slice(axis + 1)]
    call.setting.budget.activation(shape)
    return [reshape(picked(x, axis, places), shape)]
  })
}

/** y[i, j, k] = x[i, indices[i, j, k], k], along any axis. */
const gatheredElements: Operator = call => {
  const indices = call.value(1)
  const known = asNumbers(indices)
  if (!known) return pickedByPicture(call)
  const { dims } = known
  return move(call, [call.value(0)], ([x]) => {
    const axis = axisOf(call.int('axis', 0), x.shape.length)
    demandNoBatch(x.shape, [...x.shape.keys()], 'picks from')
    if (dims.length !== x.shape.length || dims.some((d, i) => i !== axis && d > x.shape[i]))
      throw new ShapeError(`Indices of [${dims}] do not fit [${show(x.shape)}].`)
    const places = placesIn(x.shape[axis], call.whole(1), `axis ${axis} of [${show(x.shape)}]`)
    const [own, steps] = [strides(dims), strides(x.shape)]
    const flat = places.map((place, at) =>
      steps.reduce((sum, step, i) => sum + step * (i === axis ? place : Math.floor(at / own[i]) % dims[i]), 0),
    )
    return [reshape(picked(reshape(x, [size(x.shape)]), 0, flat), dims)]
  })
}

/** GatherElements at indices that depend on the picture, as ArgMax and TopK give them. */
function pickedByPicture(call: Call): Tensor {
  const [x, places] = [call.tensor(0), call.tensor(1)]
  const axis = axisOf(call.int('axis', 0), x.shape.length)
  demandNoBatch(x.shape, [axis], 'picks from')
  const lengths = places.shape.map((d, i) => (i === axis ? x.shape[axis] : d))
  const swap = x.shape.map((_, i, all) => (i === axis ? all.length - 1 : i === all.length - 1 ? axis : i))
  const last = (t: Tensor): Tensor => transpose(t, swap)
  const zeros = lengths.map(() => 0)
  return last(pick(last(slice(x, zeros, lengths)), last(places)))
}

/** Each row of `indices` says a place along the first axes of x, behind `batch_dims` axes that both have. */
const gatheredRows: Operator = call => {
  const { dims } = call.numbers(1)
  return move(call, [call.value(0)], ([x]) => {
    const shared = call.int('batch_dims', 0)
    const depth = dims[dims.length - 1]
    const front = x.shape.slice(0, shared + depth)
    demandNoBatch(front, [...front.keys()], 'picks from')
    if (!(shared >= 0 && shared < dims.length && depth >= 1 && shared + depth <= x.shape.length))
      throw expected('model', `indices of axes of [${show(x.shape)}]`, 'it', dims)
    if (dims.slice(0, shared).some((d, i) => d !== x.shape[i]))
      throw new ShapeError(`Indices of [${dims}] do not fit [${show(x.shape)}].`)
    const steps = strides(front)
    const rows = size(dims.slice(shared, -1))
    const indices = call.whole(1)
    const flat = Array.from({ length: indices.length / depth }, (_, row) =>
      Array.from({ length: depth }, (_, k) => {
        const [place] = placesIn(front[shared + k], [indices[row * depth + k]], `[${show(x.shape)}]`)
        return place * steps[shared + k]
      }).reduce((a, b) => a + b, Math.floor(row / rows) * size(front.slice(shared))),
    )
    const rest: Shape = x.shape.slice(shared + depth)
    return [reshape(picked(reshape(x, [size(front), ...rest]), 0, flat), [...dims.slice(0, -1), ...rest])]
  })
}

export const GATHERINGS: Operators = {
  Gather: gathered,
  GatherElements: gatheredElements,
  GatherND: gatheredRows,
}
