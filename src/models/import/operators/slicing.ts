import { expected, ShapeError } from '../../../errors.ts'
import { expandLike, reverse } from '../../../ops/shape.ts'
import { concat, slice } from '../../../ops/slice.ts'
import { N, show } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import { axesOf, axisOf, demandNoBatch } from '../axes.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { move } from '../movement.ts'
import { isTensor, type Numbers, numbers, plain } from '../value.ts'

/** `count` elements from `start` in steps of `step`, which may be negative, along one axis. */
export function along(x: Tensor, axis: number, start: number, count: number, step = 1): Tensor {
  const put = (value: number, usual: readonly number[]): number[] => usual.map((u, i) => (i === axis ? value : u))
  const zeros = x.shape.map(() => 0)
  const ones = x.shape.map(() => 1)
  if (step > 0) return slice(x, put(start, zeros), put(count, x.shape), put(step, ones))
  return slice(reverse(x, [axis]), put(x.shape[axis] - 1 - start, zeros), put(count, x.shape), put(-step, ones))
}

/** Starts, ends, axes and steps: attributes before opset 10, inputs from then on. Ends may depend on the batch. */
function ranges(call: Call, rank: number): { starts: Numbers; ends: Numbers; axes: number[]; steps: number[] } {
  const old = call.opset < 10
  const starts = old ? numbers(call.ints('starts')) : call.numbers(1)
  const ends = old ? numbers(call.ints('ends')) : call.numbers(2)
  const count = starts.data.length
  const axes = (call.moved('axes', 3, 10) ?? [...starts.data.keys()]).map(axis => axisOf(axis, rank))
  const steps = !old && call.has(4) ? call.whole(4) : axes.map(() => 1)
  axesOf(axes, rank)
  if ([ends.data.length, axes.length, steps.length].some(length => length !== count))
    throw new ShapeError('Its starts, ends, axes and steps are not equally many.')
  if (steps.some(step => step === 0)) throw expected('model', 'steps other than 0', 'it', steps)
  return { starts, ends, axes, steps }
}

const sliced: Operator = call => {
  const x = call.value(0)
  const rank = isTensor(x) ? x.shape.length : x.dims.length
  const { starts, ends, axes, steps } = ranges(call, rank)
  if (!isTensor(x) && x.data.length === 0) return x
  if (!isTensor(x) && rank === 1 && axes.length === 1) {
    const [, count] = extent(x.dims[0], plain(starts)[0], plain(ends)[0], steps[0])
    if (count === 0) return { ...numbers([]), kind: x.kind }
  }
  return move(call, [x], ([t]) => [
    axes.reduce((y, axis, i) => {
      const length = y.shape[axis]
      if (length < 0)
        return wholeBatch(
          y,
          [starts, ends].map(v => [v.data[i], v.batch?.[i] ?? 0]),
          steps[i],
          axis,
          call,
        )
      const [start, count] = extent(length, plain(starts)[i], at(ends, i), steps[i])
      if (count === 0) throw new ShapeError(`Nothing is left of axis ${axis} of [${show(y.shape)}].`)
      return along(y, axis, start, count, steps[i])
    }, t),
  ])
}

/** An end that grows with the batch, of an axis that does not, is its end. */
const at = ({ data, batch }: Numbers, i: number): number => ((batch?.[i] ?? 0) > 0 ? Infinity : data[i])

/** First element and number of elements of a range as NumPy reads it. */
function extent(length: number, start: number, end: number, step: number): readonly [number, number] {
  const from = (i: number): number => (i < 0 ? i + length : i)
  const [lo, hi] = step > 0 ? [0, length] : [-1, length - 1]
  const first = Math.min(Math.max(from(start), step > 0 ? 0 : lo), hi)
  const last = Math.min(Math.max(from(end), lo), hi)
  return [first, Math.max(0, Math.ceil((last - first) / step))]
}

/** Of the batch all is taken or nothing can be said. */
function wholeBatch(x: Tensor, [[start, s], [end, e]]: number[][], step: number, axis: number, call: Call): Tensor {
  const rows = -x.shape[axis]
  const toEnd = e >= rows || end >= 2 ** 31 - 1 || (call.setting.fixed && e === 0 && end >= rows * call.setting.batch)
  if (start === 0 && s === 0 && step === 1 && toEnd) return x
  throw new ShapeError(`It takes a part of the batch of [${show(x.shape)}].`)
}

const split: Operator = call => {
  const x = call.value(0)
  return move(call, [x], ([t]) => {
    const axis = axisOf(call.int('axis', 0), t.shape.length)
    demandNoBatch(t.shape, [axis], 'splits')
    const sizes = call.moved('split', 1, 13) ?? equalParts(call, t.shape[axis])
    if (sizes.some(s => s < 1) || sizes.reduce((a, b) => a + b, 0) !== t.shape[axis])
      throw new ShapeError(`Parts of [${sizes}] do not make up axis ${axis} of [${show(t.shape)}].`)
    let start = 0
    return sizes.map(count => {
      start += count
      return along(t, axis, start - count, count)
    })
  })
}

/** The last part is the smaller one where the length does not divide. */
function equalParts(call: Call, length: number): number[] {
  const parts = call.opset >= 18 ? call.int('num_outputs', call.node.outputs.length) : call.node.outputs.length
  if (!(parts >= 1 && parts <= length)) throw new ShapeError(`A length of ${length} has no ${parts} parts.`)
  const part = Math.ceil(length / parts)
  return Array.from({ length: parts }, (_, i) => Math.min(part, length - i * part))
}

const joined: Operator = call => {
  const values = call.values().filter(x => isTensor(x) || x.data.length > 0)
  if (values.length === 0) return call.value(0)
  return move(call, values, tensors => {
    const rank = tensors[0].shape.length
    const axis = axisOf(call.int('axis'), rank)
    for (const { shape } of tensors) {
      if (shape.length !== rank) throw new ShapeError(`Cannot join [${show(tensors[0].shape)}] and [${show(shape)}].`)
      demandNoBatch(shape, [axis], 'joins along')
    }
    return [concat(oncePerPicture(tensors, axis, call), axis)]
  })
}

/** A file of one picture may join to it what is constant, such as the first token of a transformer. */
function oncePerPicture(tensors: readonly Tensor[], axis: number, { setting }: Call): readonly Tensor[] {
  const lengths = tensors.find(({ shape }) => shape.some(d => d < 0))?.shape
  if (!lengths || !setting.fixed || setting.batch !== 1) return tensors
  return tensors.map(t => {
    const shape = t.shape.map((d, i) => (i !== axis && d === 1 && lengths[i] === N ? N : d))
    return expandLike(t, setting.pictures, shape)
  })
}

export const SLICES: Operators = { Slice: sliced, Split: split, Concat: joined }
