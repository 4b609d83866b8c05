import { expected, ShapeError } from '../../../errors.ts'
import { abs, div, maximum, sqrt } from '../../../ops/elementwise.ts'
import { reshape } from '../../../ops/shape.ts'
import { show } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import { axesOf, axisOf, demandNoBatch } from '../axes.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { root } from '../root.ts'
import { overPicture } from './pooling.ts'

interface Standardised {
  readonly y: Tensor
  readonly mean: Tensor
  /** 1 / √(variance + ε) */
  readonly factor: Tensor
}

/** (x − mean) / √(variance + ε) over `axes`, each picture by itself. */
function standardised(x: Tensor, axes: readonly number[], epsilon: number): Standardised {
  demandNoBatch(x.shape, axes, 'normalises')
  const mean = x.mean(axes)
  const centred = x.sub(mean)
  const deviation = sqrt(centred.mul(centred).mean(axes).add(epsilon))
  return { y: centred.div(deviation), mean, factor: div(1, deviation) }
}

const epsilonOf = (call: Call): number => call.float('epsilon', 1e-5)

/** The axes from the attribute `axis` on. */
function trailing(call: Call, { shape }: Tensor): number[] {
  const first = axisOf(call.int('axis', -1), shape.length)
  return [...shape.keys()].slice(first)
}

/** One number a channel, beside [N, C, …]. */
function perChannel(values: Tensor, x: Tensor): Tensor {
  if (values.shape.length !== 1 || values.shape[0] !== x.shape[1])
    throw new ShapeError(`[${show(values.shape)}] are no numbers for the channels of [${show(x.shape)}].`)
  return reshape(values, [x.shape[1], ...x.shape.slice(2).map(() => 1)])
}

const instanceNormalization: Operator = call => {
  const x = call.tensor(0)
  const [scale, shift] = [1, 2].map(i => perChannel(call.tensor(i), x))
  return standardised(x, overPicture(x), epsilonOf(call)).y.mul(scale).add(shift)
}

const layerNormalization: Operator = call => {
  const x = call.tensor(0)
  const { y, mean, factor } = standardised(x, trailing(call, x), epsilonOf(call))
  const scaled = y.mul(call.tensor(1))
  return [call.has(2) ? scaled.add(call.tensor(2)) : scaled, mean, factor]
}

/** Scale and shift are one number a group before opset 21, and one a channel from then on. */
const groupNormalization: Operator = call => {
  const x = call.tensor(0)
  const [n, channels, ...rest] = x.shape
  const groups = call.int('num_groups')
  if (!(groups >= 1 && channels % groups === 0))
    throw expected('model', `a divisor of ${channels} channels`, "its attribute 'num_groups'", groups)
  const split = call.opset < 21 ? [n, groups, channels / groups, ...rest] : x.shape
  const { y } = standardised(reshape(x, [n, groups, 0]), [2], epsilonOf(call))
  const whole = reshape(y, split)
  const [scale, shift] = [1, 2].map(i => perChannel(call.tensor(i), whole))
  return reshape(whole.mul(scale).add(shift), x.shape)
}

/** (x − mean) / (standard deviation + 10⁻⁹) */
const meanVarianceNormalization: Operator = call => {
  const x = call.tensor(0)
  const axes = axesOf(call.ints('axes', [0, 2, 3]), x.shape.length)
  demandNoBatch(x.shape, axes, 'normalises')
  const centred = x.sub(x.mean(axes))
  return centred.div(root(centred.mul(centred).mean(axes)).add(1e-9))
}

/** x / √(mean of squares + ε) · scale */
const rmsNormalization: Operator = call => {
  const x = call.tensor(0)
  const axes = trailing(call, x)
  demandNoBatch(x.shape, axes, 'normalises')
  return x.div(sqrt(x.mul(x).mean(axes).add(epsilonOf(call)))).mul(call.tensor(1))
}

/** x by its L1 or L2 norm along an axis; 0 stays 0. */
const lpNormalization: Operator = call => {
  const x = call.tensor(0)
  const axis = axisOf(call.int('axis', -1), x.shape.length)
  demandNoBatch(x.shape, [axis], 'normalises')
  const p = call.int('p', 2)
  if (p !== 1 && p !== 2) throw expected('model', '1 or 2', "its attribute 'p'", p)
  return x.div(p === 1 ? maximum(abs(x).sum([axis]), 1e-30) : root(x.mul(x).sum([axis])))
}

export const STANDARDIZATIONS: Operators = {
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
  RMSNormalization: rmsNormalization,
  LpNormalization: lpNormalization,
}
