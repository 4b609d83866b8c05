import { ShapeError } from '../errors.ts'
import { show } from '../shape.ts'
import { bind, constant, type Operand, type Tensor } from '../tensor.ts'
import { div, maximum, neg, sqrt } from './elementwise.ts'
import type { Op } from './op.ts'
import { expandLike, reshape } from './shape.ts'

/** Figures of the channels of [N, C, H, W], one number each: [C]. */
export interface ChannelFigures {
  readonly gamma: Tensor
  readonly beta: Tensor
  readonly mean: Tensor
  readonly variance: Tensor
}

/**
 * Batch normalisation (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167, Algorithm 2) with running figures, as a
 * trained network has it. Training finds these operators and normalises by the batch itself.
 *
 *     y = γ · (x − mean) / √(variance + ε) + β
 */
export const batchNorm = (
  x: Tensor,
  { gamma, beta, mean, variance }: ChannelFigures,
  attrs: { readonly epsilon: number },
): Tensor => bind(batchNormOp, [x, gamma, beta, mean, variance], { ...attrs })

/** One number a channel, [C], as it broadcasts against [N, C, H, W]. */
export const perChannel = (t: Tensor): Tensor => reshape(t, [1, t.shape[0], 1, 1])

const inParts = ({ inputs: [x, gamma, beta, mean, variance], attrs }: Tensor): Tensor => {
  const factor = gamma.div(sqrt(variance.add(attrs.epsilon as number)))
  return x.mul(perChannel(factor)).add(perChannel(beta.sub(mean.mul(factor))))
}

const batchNormOp: Op = {
  name: 'batchNorm',
  shape([x, ...figures]) {
    const wrong = figures.find(f => f.length !== 1 || f[0] !== x[1])
    if (x.length !== 4 || wrong) throw new ShapeError(`[${show(wrong ?? [])}] for the channels of [${show(x)}]`)
    return x
  },
  vjp(g, _, [x, gamma, , mean, variance], attrs) {
    const deviation = sqrt(variance.add(attrs.epsilon as number))
    const standard = x.sub(perChannel(mean)).div(perChannel(deviation))
    const factor = gamma.div(deviation)
    const total = (t: Tensor): Tensor => reshape(t.sum([0, 2, 3]), gamma.shape)
    const [sum, along] = [total(g), total(g.mul(standard))]
    return [g.mul(perChannel(factor)), along, sum, neg(sum.mul(factor)), along.mul(factor).div(deviation).mul(-0.5)]
  },
  onnx: { as: inParts },
  tfjs: { as: inParts },
  js([x, gamma, beta, mean, variance], { shape, attrs }) {
    const area = shape[2] * shape[3]
    return x.map((v, i) => {
      const c = Math.floor(i / area) % shape[1]
      return ((v - mean[c]) / Math.sqrt(variance[c] + (attrs.epsilon as number))) * gamma[c] + beta[c]
    })
  },
}

/** What a batch [N, C, H, W] says of its channels: mean and variance over pictures and pixels, [C]. */
export function batchFigures(x: Tensor): { readonly mean: Tensor; readonly variance: Tensor } {
  const mean = overBatch(x)
  return { mean, variance: maximum(overBatch(x.mul(x)).sub(mean.mul(mean)), 0) }
}

/** By channel, [C]. The pixels first: that is done where the picture lies. */
const overBatch = (x: Tensor): Tensor => reshape(x.mean([2, 3]).mean([0]), [x.shape[1]])

/**
 * Normalised by the batch itself (ibid., Algorithm 1); [N, C, H, W] with gamma and beta [C].
 *
 *     y = γ · (x − mean(x)) / √(variance(x) + ε) + β
 */
export const normaliseByBatch = (x: Tensor, gamma: Tensor, beta: Tensor, attrs: { readonly epsilon: number }): Tensor =>
  bind(normaliseByBatchOp, [x, gamma, beta], { ...attrs })

const normaliseByBatchOp: Op = {
  name: 'normaliseByBatch',
  shape: ([x]) => x,
  // With x̂ = (x − mean) / deviation:  γ̄ = Σ ȳ·x̂,  β̄ = Σ ȳ,  x̄ = γ / deviation · (ȳ − mean(ȳ) − x̂ · mean(ȳ·x̂)).
  // As one factor for ȳ, one for x and a shift, each a number a channel: few passes over the maps.
  vjp(g, _, [x, gamma], { epsilon }) {
    const { mean, variance } = batchFigures(x)
    const inverse = div(1, sqrt(variance.add(epsilon as number)))
    const own = overBatch(g)
    const along = overBatch(g.mul(x)).sub(mean.mul(own)).mul(inverse)
    const factor = gamma.mul(inverse)
    const ofX = neg(factor.mul(inverse).mul(along))
    const shift = neg(factor.mul(own).add(ofX.mul(mean)))
    const count = countOf(x)
    const toX = g.mul(perChannel(factor)).add(x.mul(perChannel(ofX)).add(perChannel(shift)))
    return [toX, along.mul(count), own.mul(count)]
  },
  onnx: { as: byFigures },
  tfjs: { as: byFigures },
  js([x, gamma, beta], { shape, attrs }) {
    const [n, channels, h, w] = shape
    const area = h * w
    const channelOf = (i: number): number => Math.floor(i / area) % channels
    const [mean, variance] = [new Float64Array(channels), new Float64Array(channels)]
    x.forEach((v, i) => {
      mean[channelOf(i)] += v / (n * area)
    })
    x.forEach((v, i) => {
      variance[channelOf(i)] += (v - mean[channelOf(i)]) ** 2 / (n * area)
    })
    return x.map((v, i) => {
      const c = channelOf(i)
      return ((v - mean[c]) / Math.sqrt(variance[c] + (attrs.epsilon as number))) * gamma[c] + beta[c]
    })
  },
}

function byFigures({ inputs: [x, gamma, beta], attrs }: Tensor): Tensor {
  const { mean, variance } = batchFigures(x)
  const factor = gamma.div(sqrt(variance.add(attrs.epsilon as number)))
  return x.mul(perChannel(factor)).add(perChannel(beta.sub(mean.mul(factor))))
}

/** How many numbers of a batch belong to one channel. */
const countOf = (x: Tensor): Operand =>
  x.shape[0] > 0
    ? x.shape[0] * x.shape[2] * x.shape[3]
    : reshape(expandLike(constant(1), x).sum([0, 2, 3]), [x.shape[1]])
