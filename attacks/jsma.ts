import { attack, bestPair, ranked, type Slope, type Subject } from 'advx'

/**
 * Jacobian-based saliency map: of all pairs of features the one that says most for a class t and against the others
 * moves by θ, again and again, until the picture is adversarial or a share γ of the features has changed.
 *
 * F are the logits, or their softmax, whose Σ_{k≠t} ∂F_k is −∂F_t. A feature is a value, or a pixel with all its
 * channels. Untargeted, t is each of the likeliest other classes in turn, and a later one has to change less.
 */
export default attack({
  title: 'Jacobian-based Saliency Map Attack',
  paper: 'Papernot et al. 2016, https://arxiv.org/abs/1511.07528, Algorithms 2 and 3',
  formula: `
    α = ∂F_t/∂x_p + ∂F_t/∂x_q,   β = Σ_{k≠t} (∂F_k/∂x_p + ∂F_k/∂x_q)
    (p, q) = arg max −α·β where α > 0 > β (α < 0 < β for θ < 0)
    x_p ← clip(x_p + θ, 0, 1),   x_q ← clip(x_q + θ, 0, 1)
  `,
  norms: { l0: {} },
  params: { theta: 1, gamma: 0.145, candidates: 10, scores: 'softmax', features: 'values' },
  gradients: ({ scores }) => (scores === 'softmax' ? 1 : 2),

  async *run(subject, { theta, gamma, candidates, scores, features }) {
    const { x0, shape, y, targeted } = subject
    const channels = features === 'pixels' ? shape[0] : 1
    const count = x0.length / channels
    const likeliest = ranked(await subject.logits(x0)).slice(0, candidates)
    const goals = targeted ? [y] : likeliest.filter(k => k !== y)
    let most = Math.floor(gamma * count)
    for (const t of goals) {
      const x = x0.slice()
      const changed = new Set<number>()
      while (changed.size <= most) {
        const { logits, own, others } = await slopes(subject, x, t, scores)
        yield { x, logits }
        if (subject.lead(logits) >= 0) {
          most = changed.size - 1
          break
        }
        const gained = gains(own, x, theta, count)
        const pair = bestPair(gained, others === own ? gained : gains(others, x, theta, count))
        if (!pair) break
        for (const feature of pair) {
          changed.add(feature)
          for (let i = feature; i < x.length; i += count) x[i] = Math.min(Math.max(x[i] + theta, 0), 1)
        }
      }
    }
  },
})

/** Logits at x, ∂F_t/∂x and −Σ_{k≠t} ∂F_k/∂x; of the softmax both up to the factor F_t. */
async function slopes({ classes, pullback, pullbacks }: Subject, x: Float32Array, t: number, scores: string) {
  const weights = (own: number, others: number) =>
    Float32Array.from({ length: classes }, (_, k) => (k === t ? own : others))
  if (scores === 'softmax') {
    const { logits, gradient } = await pullback(x, weights(1, 0), 'log-softmax')
    return { logits, own: gradient, others: gradient }
  }
  const both: Slope[] = []
  for await (const slope of pullbacks(x, [weights(1, 0), weights(0, -1)])) both.push(slope)
  const [own, others] = both
  return { logits: own.logits, own: own.gradient, others: others.gradient }
}

/** What each feature gains of `g` as its values move towards θ's side; one whose values are all at their end: −∞. */
function gains(g: Float32Array, x: Float32Array, theta: number, count: number): Float32Array {
  const gained = new Float32Array(count)
  for (let feature = 0; feature < count; feature++) {
    let [gain, moves] = [0, false]
    for (let i = feature; i < x.length; i += count) {
      if (theta > 0 ? x[i] >= 1 : x[i] <= 0) continue
      gain += Math.sign(theta) * g[i]
      moves = true
    }
    gained[feature] = moves ? gain : -Infinity
  }
  return gained
}
