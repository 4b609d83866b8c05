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
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map(i => {
    const t = call.tensor(i)
    if (!isConstant(t) || t.shape.length !== 1 || t.shape[0] !== channels)
      throw new ShapeError(`[${show(t.shape)}] are no constants for the channels of [${show(x.shape)}].`)
    return dataOf(t)
  })
  const epsilon = call.float('epsilon', 1e-5)
  const factor = Float64Array.from(scale, (s, i) => s / Math.sqrt(variance[i] + epsilon))
  const perChannel = (values: ArrayLike<number>): Tensor =>
    constant(
      Float32Array.from(values),
      x.shape.map((_, i) => (i === 1 ? channels : 1)),
    )
  return x.mul(perChannel(factor)).add(perChannel(Float64Array.from(shift, (b, i) => b - mean[i] * factor[i])))
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

/** (x − mean) / √(variance + ε) over `axes`, each picture by itself. */
function standardised(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  demandNoBatch(x.shape, axes, 'normalises')
  const centred = x.sub(x.mean(axes))
  return centred.div(sqrt(centred.mul(centred).mean(axes).add(epsilon)))
}

const instanceNormalization: Operator = call => {
  const x = call.tensor(0)
  if (x.shape.length < 3) throw new ShapeError(`[${show(x.shape)}] has no height and width.`)
  const spatial = [...x.shape.keys()].slice(2)
  const [scale, shift] = [1, 2].map(i => reshape(call.tensor(i), [x.shape[1], ...spatial.map(() => 1)]))
  return standardised(x, spatial, call.float('epsilon', 1e-5)).mul(scale).add(shift)
}

const layerNormalization: Operator = call => {
  const x = call.tensor(0)
  const axis = axisOf(call.int('axis', -1), x.shape.length)
  const y = standardised(x, [...x.shape.keys()].slice(axis), call.float('epsilon', 1e-5)).mul(call.tensor(1))
  return call.has(2) ? y.add(call.tensor(2)) : y
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
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  LRN: localResponse,
  Softmax: along(softmax),
  LogSoftmax: along(logSoftmax),
}
