import { AdvxError, attack, descend, type Objective } from 'advx'

/**
 * Feature adversary: a picture that a layer of the model takes for another one, the guide x_g, in the ball around its own.
 *
 * It counts as any other: when the class is no longer y, or is the target. With --no-early-stop all steps are taken, and
 * the layer is approached as far as it goes.
 */
export default attack({
  title: 'Feature Adversary',
  paper: 'Sabour et al. 2016, https://arxiv.org/abs/1511.05122, §3',
  formula: `
    min_x ‖φ(x) − φ(x_g)‖₂²,   x ∈ B(x₀, ε) ∩ [0,1],   by L-BFGS
  `,
  norms: { linf: { eps: 10 / 255 } },
  params: { steps: 100, layer: '', guide: '' },

  async *run({ x0, eps, logits, layer }, { steps }) {
    if (!layer) throw new AdvxError('usage', 'feature needs a picture as its --guide')
    const goal = await layer.at(layer.guide)
    const objective: Objective<{ value: number; logits: Float32Array; apart: Float32Array }> = {
      async at(x) {
        const [z, a] = await Promise.all([logits(x), layer.at(x)])
        const apart = a.map((v, i) => v - goal[i])
        return { logits: z, apart, value: apart.reduce((sum, v) => sum + v * v, 0) }
      },
      gradient: (x, { apart }) =>
        layer.pullback(
          x,
          apart.map(v => 2 * v),
        ),
    }
    const box = { low: x0.map(v => Math.max(v - eps, 0)), high: x0.map(v => Math.min(v + eps, 1)) }
    yield* descend(objective, x0, box, steps)
  },
})
