import { defense } from 'advx'

/**
 * DeepCloak: of a layer, the features that differ most between pictures and the adversarial ones made of them are left out
 * for good.
 *
 *     dᵢ = Σ over pairs of |φᵢ(x) − φᵢ(x′)|;   the ⌈m · D⌉ features of the largest d become 0
 *
 * The layer is usually the input of the last product. It needs no training, and hides no gradient.
 */
export default defense({
  title: 'DeepCloak',
  paper: 'Gao, Wang, Lin, Xu, Qi 2017, https://arxiv.org/abs/1702.06763, Algorithm 1',
  norms: { linf: { eps: 8 / 255 }, l2: { eps: 0.5 } },
  params: { layer: '', masked: 0.01 },

  rank(pairs) {
    const d = new Float64Array(pairs[0].clean.length)
    for (const { clean, adversarial } of pairs)
      for (let i = 0; i < d.length; i++) d[i] += Math.abs(clean[i] - adversarial[i])
    return d
  },
})
