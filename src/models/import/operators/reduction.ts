import { ShapeError } from '../../../errors.ts'
import { abs, log, neg } from '../../../ops/elementwise.ts'
import { reshape, transpose } from '../../../ops/shape.ts'
import { concat } from '../../../ops/slice.ts'
import { logSumExp } from '../../../ops/softmax.ts'
import { type Shape, size } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import { axesOf, demandNoBatch } from '../axes.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { root } from '../root.ts'
import { isTensor, numbers, plain } from '../value.ts'
import { along } from './slicing.ts'

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
    // Nothing is folded, but squares, logarithms and the like are taken.
    if (axes.length === 0) return reshape(how(reshape(x, [...x.shape, 1]), [x.shape.length]), x.shape)
    demandNoBatch(x.shape, axes, 'reduces')
    const y = how(x, axes)
    return call.int('keepdims', 1) ? y : reshape(y, without(x, axes))
  }

const without = (x: Tensor, axes: readonly number[]): number[] => x.shape.filter((_, i) => !axes.includes(i))

/** What is folded, as the last axis: [.., length]. */
function rows(x: Tensor, axes: readonly number[]): Tensor {
  const kept = [...x.shape.keys()].filter(i => !axes.includes(i))
  return reshape(transpose(x, [...kept, ...axes]), [...without(x, axes), size(axes.map(a => x.shape[a]))])
}

const kept = (x: Tensor, axes: readonly number[]): Shape => x.shape.map((d, i) => (axes.includes(i) ? 1 : d))

const logOfSum: Reduction = (x, axes) => reshape(logSumExp(rows(x, axes)), kept(x, axes))

/** Halves are multiplied until one is left: the gradient is right where a factor is 0. */
const productOf: Reduction = (x, axes) => {
  let y = rows(x, axes)
  const axis = y.shape.length - 1
  while (y.shape[axis] > 1) {
    const half = Math.floor(y.shape[axis] / 2)
    const product = along(y, axis, 0, half).mul(along(y, axis, half, half))
    y = y.shape[axis] % 2 === 0 ? product : concat([product, along(y, axis, 2 * half, 1)], axis)
  }
  return reshape(y, kept(x, axes))
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
  ReduceLogSum: reduction(18, (x, axes) => log(x.sum(axes))),
  ReduceLogSumExp: reduction(18, logOfSum),
  ReduceProd: reduction(18, productOf, values => values.reduce((a, b) => a * b, 1)),
}
