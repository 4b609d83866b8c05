import { ShapeError } from '../errors.ts'
import { show } from '../shape.ts'
import { bind, type Tensor } from '../tensor.ts'
import { neg, sqrt } from './elementwise.ts'
import type { Op } from './op.ts'
import { reshape } from './shape.ts'

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
