import {
  attack,
  type Decisions,
  decisionsAround,
  limited,
  type Point,
  type Queries,
  type Subject,
  TOGETHER,
} from 'advx'

const STARTS = 100 // blends with noise that a first adversarial point is looked for among

/**
 * HopSkipJump: from an adversarial point along the boundary towards the picture, by nothing but which class the model says.
 * At the boundary the gradient's direction v is estimated from how random points around fall, then a step is made, and the
 * boundary is found again by halving the way to the picture.
 *
 * θ is 1/(d·√d) in L2 and 1/d² in Linf of d values; δₜ is √d·θ·‖xₜ − x₀‖₂ or d·θ·‖xₜ − x₀‖∞, at first 0.1. The first point
 * is noise, blended with the picture as little as makes it adversarial.
 */
export default attack({
  title: 'HopSkipJump',
  paper: 'Chen, Jordan, Wainwright 2020, https://arxiv.org/abs/1904.02144, Algorithm 2',
  formula: `
    φ_b = 1 where xₜ + δₜ·u_b is adversarial, else −1,   ‖u_b‖₂ = 1
    v = Σ (φ_b − mean φ) · u_b,   b = 1 … B₀·√t
    x′ = clip(xₜ + ξ · direction(v), 0, 1)
    ξ = ‖xₜ − x₀‖ / √t, halved until x′ is adversarial
    xₜ₊₁: where x₀ + α·(x′ − x₀) (L2), or x′ held to within α of x₀ (Linf),
        ceases to be adversarial, to a precision of θ
  `,
  norms: { l2: {}, linf: {} },
  params: { queries: 10000, samples: 100, restarts: 1 },
  gradients: () => 0,

  async *run(subject, { queries, samples }) {
    const { x0, norm } = subject
    const linf = norm === 'linf'
    const root = linf ? x0.length : Math.sqrt(x0.length)
    const theta = 1 / (x0.length * root)
    const model = limited(subject, queries)
    let found = await firstPoint(subject, model)
    for (let t = 1; found; t++) {
      found = await toBoundary(subject, model, found, theta)
      yield found
      const { x } = found
      const far = length(x, x0, linf)
      const delta = t === 1 ? 0.1 : root * theta * far
      const v = direction(await decisionsAround(subject, model, x, delta, Math.round(samples * Math.sqrt(t))), linf)
      let next: Point | null = null
      for (let xi = far / Math.sqrt(t); !next && model.left() > 0; xi /= 2)
        next = await model.adversarial(x.map((value, i) => Math.min(Math.max(value + xi * v[i], 0), 1)))
      if (!next) return
      found = next
    }
  },
})

async function firstPoint({ x0, random }: Subject, model: Queries): Promise<Point | null> {
  for (let k = 0; k < STARTS; k += TOGETHER) {
    const points = Array.from({ length: TOGETHER }, (_, i) => {
      const [noise, share] = [random('uniform', x0.length), Math.min(1, (k + i + 1) / STARTS)]
      return x0.map((v, j) => v + share * (noise[j] - v))
    })
    const found = (await Promise.all(points.map(x => model.adversarial(x)))).find(point => point !== null)
    if (found) return found
  }
  return null
}

/** The last adversarial point on the way to x₀, its precision θ a share of the way (L2), or of the box's width (Linf). */
async function toBoundary({ x0, norm }: Subject, model: Queries, from: Point, theta: number): Promise<Point> {
  const linf = norm === 'linf'
  let [low, high, found] = [0, linf ? length(from.x, x0, true) : 1, from]
  while (high - low > Math.max(theta, high * 1e-6) && model.left() > 0) {
    const alpha = (low + high) / 2
    const x = from.x.map((v, i) => x0[i] + (linf ? Math.min(Math.max(v - x0[i], -alpha), alpha) : alpha * (v - x0[i])))
    const nearer = await model.adversarial(x)
    if (nearer) [high, found] = [alpha, nearer]
    else low = alpha
  }
  return found
}

/** Σ (φ_b − mean φ) · u_b, of length 1 in L2, in Linf its signs; where all fell alike Σ φ_b · u_b. */
function direction({ share, all, adversarial }: Decisions, linf: boolean): Float32Array {
  const alike = share === 0 || share === 1
  const v = Float32Array.from(all, (sum, i) => (alike ? (2 * share - 1) * sum : adversarial[i] - share * sum))
  const size = Math.max(Math.sqrt(v.reduce((sum, value) => sum + value * value, 0)), 1e-30)
  return v.map(value => (linf ? Math.sign(value) : value / size))
}

const length = (x: Float32Array, x0: Float32Array, linf: boolean): number =>
  linf
    ? x.reduce((most, v, i) => Math.max(most, Math.abs(v - x0[i])), 0)
    : Math.sqrt(x.reduce((sum, v, i) => sum + (v - x0[i]) ** 2, 0))
