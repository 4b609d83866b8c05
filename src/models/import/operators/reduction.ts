import { ShapeError } from '../../../errors.ts'
import { abs, neg } from '../../../ops/elementwise.ts'
import { reshape, transpose } from '../../../ops/shape.ts'
import { logSumExp } from '../../../ops/softmax.ts'
import { size } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import { axesOf, demandNoBatch } from '../axes.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { root } from '../root.ts'
import { isTensor, numbers, plain } from '../value.ts'

type Reduction = (x: Tensor, axes: readonly number[]) => Tensor

/** Axes: attribute or, from opset `since` on, input; none at all means every axis, or none if the file says so. */
function axesToReduce(call: Call, rank: number, since: number): number[] {
  const said = call.moved('axes', 1, since)
  if (said && said.length > 0) return axesOf(said, rank)
  return call.int('noop_with_empty_axes', 0) ? [] : Array.from({ length: rank }, (_, i) => i)
}

/** `known` folds numbers that are known: the number of pixels of a shape, say. */
const reduction =
  (since: number, how: Reduction, known?: (values: readonly number[]) => number): Operator =>
  call => {
    const value = call.value(0)
    if (!isTensor(value) && known) {
      const axes = axesToReduce(call, value.dims.length, since)
      if (axes.length < value.dims.length) throw new ShapeError('It reduces a table of numbers along one axis.')
      return numbers([known(plain(value))], call.int('keepdims', 1) ? value.dims.map(() => 1) : [], value.kind)
    }
    const x = call.tensor(0)
    const axes = axesToReduce(call, x.shape.length, since)
    if (axes.length === 0) return x
    demandNoBatch(x.shape, axes, 'reduces')
    const y = how(x, axes)
    return call.int('keepdims', 1) ? y : reshape(y, without(x, axes))
  }

const without = (x: Tensor, axes: readonly number[]): number[] => x.shape.filter((_, i) => !axes.includes(i))

/** The core has log Σ exp along the last axis: the others are brought there. */
const logOfSum: Reduction = (x, axes) => {
  const kept = [...x.shape.keys()].filter(i => !axes.includes(i))
  const rows = reshape(transpose(x, [...kept, ...axes]), [...without(x, axes), size(axes.map(a => x.shape[a]))])
  return reshape(
    logSumExp(rows),
    x.shape.map((d, i) => (axes.includes(i) ? 1 : d)),
  )
}

const square = (x: Tensor): Tensor => x.mul(x)
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

export const REDUCTIONS: Operators = {
  ReduceSum: reduction(13, (x, axes) => x.sum(axes), total),
  ReduceMean: reduction(18, (x, axes) => x.mean(axes)),
  ReduceMax: reduction(
    18,
    (x, axes) => x.max(axes),
    values => values.reduce((a, b) => Math.max(a, b)),
  ),
  ReduceMin: reduction(
    18,
    (x, axes) => neg(neg(x).max(axes)),
    values => values.reduce((a, b) => Math.min(a, b)),
  ),
  ReduceL1: reduction(18, (x, axes) => abs(x).sum(axes)),
  ReduceL2: reduction(18, (x, axes) => root(square(x).sum(axes))),
  ReduceSumSquare: reduction(18, (x, axes) => square(x).sum(axes)),
  ReduceLogSumExp: reduction(18, logOfSum),
  ReduceProd: reduction(
    18,
    () => {
      throw new ShapeError('Products along axes of the picture are not known.')
    },
    values => values.reduce((a, b) => a * b, 1),
  ),
}
