import { defense, round, straightThrough } from 'advx'

/**
 * Bit-depth reduction: each value of the picture to the nearest of 2^b, evenly spaced. The gradient passes straight through.
 *
 *     x′ = round(x · (2^b − 1)) / (2^b − 1),   ∂x′/∂x := 1
 */
export default defense({
  title: 'Bit-Depth Reduction',
  paper: 'Xu, Evans, Qi 2018, https://arxiv.org/abs/1704.01155, §III.A',
  params: { bits: 4 },

  infer({ x, logits }, { bits }) {
    const levels = x.mul(2 ** bits - 1)
    return logits(straightThrough(round(levels), levels).div(2 ** bits - 1))
  },
})
