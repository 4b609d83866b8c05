import { expected } from '../../../errors.ts'
import { neg } from '../../../ops/elementwise.ts'
import { reshape, reverse, transpose } from '../../../ops/shape.ts'
import { pick, topIndices } from '../../../ops/top.ts'
import { show } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import { axisOf, demandNoBatch } from '../axes.ts'
import type { Call, Operator, Operators } from '../call.ts'

/** x with the axis that is ordered last, and how to bring it back. */
function rows(call: Call, absent: number): { x: Tensor; axis: number; back: (t: Tensor) => Tensor } {
  const x = call.tensor(0)
  const axis = axisOf(call.int('axis', absent), x.shape.length)
  demandNoBatch(x.shape, [axis], 'compares')
  const swap = x.shape.map((_, i, all) => (i === axis ? all.length - 1 : i === all.length - 1 ? axis : i))
  return { x: transpose(x, swap), axis, back: t => transpose(t, swap) }
}

/** The k largest or smallest values in order, and where they were; which have no gradient. */
const top: Operator = call => {
  const { x, back } = rows(call, -1)
  const k = call.opset < 10 ? call.int('k') : call.scalar(1)
  const length = x.shape[x.shape.length - 1]
  if (!(Number.isInteger(k) && k >= 1 && k <= length))
    throw expected('model', `a number from 1 to ${length}`, `how many of [${show(x.shape)}] it keeps`, k)
  const places = topIndices(call.int('largest', 1) ? x : neg(x), k)
  return [back(pick(x, places)), back(places)]
}

/** Where the largest value along an axis is; of equal ones the first, or the last where the file says so. */
const best =
  (sense: (x: Tensor) => Tensor): Operator =>
  call => {
    const { x, axis, back } = rows(call, 0)
    const length = x.shape.length - 1
    const last = call.int('select_last_index', 0) !== 0
    const place = topIndices(sense(last ? reverse(x, [length]) : x), 1)
    const y = back(last ? place.mul(-1).add(x.shape[length] - 1) : place)
    return call.int('keepdims', 1) ? y : reshape(y, y.shape.toSpliced(axis, 1))
  }

export const ORDERINGS: Operators = { TopK: top, ArgMax: best(x => x), ArgMin: best(neg) }
