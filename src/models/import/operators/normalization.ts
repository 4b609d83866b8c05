import { expected, ShapeError } from '../../../errors.ts'
import { pow, sqrt } from '../../../ops/elementwise.ts'
import { averagePool, type Pooling } from '../../../ops/pool.ts'
import { reshape, transpose } from '../../../ops/shape.ts'
import { logSoftmax, softmax } from '../../../ops/softmax.ts'
import { show, size } from '../../../shape.ts'
import { constant, dataOf, isConstant, type Tensor } from '../../../tensor.ts'
import { axisOf, demandNoBatch } from '../axes.ts'
import type { Operator, Operators } from '../call.ts'

/** (x − mean) / √(var + ε) · scale + b with running figures: one factor and one shift a channel. */
const batchNormalization: Operator = call => {
  const x = call.tensor(0)
  if (call.int('training_mode', 0) || (call.opset < 9 && call.int('spatial', 1) === 0))
    throw new ShapeError('It normalises by the batch itself or by place: export the model in evaluation mode.')
  const channels = x.shape[1]
  const figures = [1, 2, 3, 4].map(i => {
    const t = call.tensor(i)
    if (t.shape.length === 1 && t.shape[0] === channels) return t
    throw new ShapeError(`[${show(t.shape)}] are no numbers for the channels of [${show(x.shape)}].`)
  })
  const { factor, offset } = affine(figures, call.float('epsilon', 1e-5))
  const perChannel = (t: Tensor): Tensor =>
    reshape(
      t,
      x.shape.map((_, i) => (i === 1 ? channels : 1)),
    )
  return x.mul(perChannel(factor)).add(perChannel(offset))
}

/**
 * Factor and offset of a normalisation by scale, shift, mean and variance [C]: in float64 where these are in the file as
 * they are, and not computed there.
 */
export function affine(figures: readonly Tensor[], epsilon: number): { factor: Tensor; offset: Tensor } {
  if (!figures.every(isConstant)) {
    const [scale, shift, mean, variance] = figures
    const factor = scale.div(sqrt(variance.add(epsilon)))
    return { factor, offset: shift.sub(mean.mul(factor)) }
  }
  const [scale, shift, mean, variance] = figures.map(dataOf)
  const factor = Float64Array.from(scale, (s, i) => s / Math.sqrt(variance[i] + epsilon))
  const offset = factor.map((f, i) => shift[i] - mean[i] * f)
  return {
    factor: constant(Float32Array.from(factor), [factor.length]),
    offset: constant(Float32Array.from(offset), [factor.length]),
  }
}

/** Along one axis; before opset 13 along all from the axis on, as if they were one. */
const along =
  (f: (x: Tensor) => Tensor): Operator =>
  call => {
    const x = call.tensor(0)
    const rank = x.shape.length
    const axis = axisOf(call.int('axis', call.opset < 13 ? 1 : -1), rank)
    const end = call.opset < 13 ? rank : axis + 1
    demandNoBatch(x.shape, [...x.shape.keys()].slice(axis, end), 'normalises')
    if (size(x.shape.slice(end)) === 1)
      return reshape(f(reshape(x, [size(x.shape.slice(0, axis)), size(x.shape.slice(axis))])), x.shape)
    const swap = x.shape.map((_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i))
    return transpose(f(transpose(x, swap)), swap)
  }

/** x / (bias + alpha / size · Σ x²)^beta over the `size` nearest channels: the mean of a pooling across them. */
const localResponse: Operator = call => {
  const x = call.tensor(0)
  const length = call.int('size')
  if (x.shape.length !== 4 || !(length >= 1 && length <= 4 * x.shape[1]))
    throw expected('model', `a number of channels of [${show(x.shape)}]`, "its attribute 'size'", length)
  const [n, c, h, w] = x.shape
  const before = Math.floor((length - 1) / 2)
  const squares = reshape(x.mul(x), [n, 1, c, h * w])
  const window: Pooling = {
    kernel: [length, 1],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [before, 0, length - 1 - before, 0],
  }
  const means = reshape(averagePool(squares, window, true), x.shape)
  const base = means.mul(call.float('alpha', 1e-4)).add(call.float('bias', 1))
  return x.div(pow(base, call.float('beta', 0.75)))
}

export const NORMALIZATIONS: Operators = {
  BatchNormalization: batchNormalization,
  LRN: localResponse,
  Softmax: along(softmax),
  LogSoftmax: along(logSoftmax),
}
