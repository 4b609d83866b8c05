import { attack, descend, type Objective } from 'advx'

/**
 * Box-constrained L-BFGS: the least distance and the class together, weighted by a constant c that is bisected: down
 * while the minimum is adversarial, up while it is not.
 *
 * Each minimum is looked for from x₀.
 */
export default attack({
  title: 'Box-constrained L-BFGS',
  paper: 'Szegedy et al. 2014, https://arxiv.org/abs/1312.6199, §4.1',
  formula: `
    min_x ‖x − x₀‖₂² − c · log p(x),   x ∈ [0,1]
    p = Σ_{k≠y} softmax(z)_k or, targeted, softmax(z)_y
  `,
  norms: { l2: {} },
  params: { steps: 100, rounds: 9, c: 0.01 },

  async *run({ x0, y, targeted, logits, pullback, lead }, { steps, rounds, c }) {
    const box = { low: x0.map(() => 0), high: x0.map(() => 1) }
    let [weight, low, high] = [c, 0, Infinity]
    for (let round = 0; round < rounds; round++) {
      let won = false
      const objective: Objective<{ readonly value: number; readonly logits: Float32Array }> = {
        async at(x) {
          const z = await logits(x)
          const distance = x.reduce((sum, v, i) => sum + (v - x0[i]) ** 2, 0)
          return { logits: z, value: distance + weight * surprise(z, y, targeted).value }
        },
        async gradient(x, { logits: z }) {
          const { gradient } = await pullback(x, surprise(z, y, targeted).slope)
          return gradient.map((g, i) => weight * g + 2 * (x[i] - x0[i]))
        },
      }
      for await (const point of descend(objective, x0, box, steps)) {
        yield point
        won = lead(point.logits) >= 0
      }
      if (won) high = weight
      else low = weight
      weight = high === Infinity ? 10 * weight : (low + high) / 2
    }
  },
})

/** −log p, and its slope in the logits. */
function surprise(z: Float32Array, y: number, targeted: boolean) {
  const shares = z.map((v, k) => (k === y ? -Infinity : v))
  const largest = shares.reduce((a, b) => Math.max(a, b))
  const total = shares.reduce((sum, v) => sum + Math.exp(v - largest), 0)
  const others = largest + Math.log(total)
  const gap = targeted ? others - z[y] : z[y] - others // −log p = log(1 + exp(gap))
  const value = Math.max(gap, 0) + Math.log1p(Math.exp(-Math.abs(gap)))
  const rise = (targeted ? 1 : -1) / (1 + Math.exp(-gap)) // of the value with the other classes' logits
  return { value, slope: z.map((v, k) => rise * (k === y ? -1 : Math.exp(v - others))) }
}
