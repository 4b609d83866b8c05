import { attack, bumpOf, type Point, placesIn, type Subject, windowAnywhere } from 'advx'

const START = 0.8 // share of the picture in the first square

/** After which share of the queries the area of the squares is halved. */
const HALVINGS = [0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8]

/**
 * Square attack: random search without gradients. A square of the perturbation is redrawn, and kept where it raises the
 * lead of the best other class; the squares become smaller as the queries are spent.
 *
 * Linf: the square becomes ±ε in each channel, and δ begins as vertical stripes of ±ε. L2 and L1: a bump of two opposite
 * halves is added to what the square holds, and gets the length of another square that is emptied and what the box has cut
 * off; δ has length ε before that, and begins as a tiling of bumps.
 */
export default attack({
  title: 'Square Attack',
  paper:
    'Andriushchenko et al. 2020, https://arxiv.org/abs/1912.00049, Algorithms 1 to 3; L1: https://arxiv.org/abs/2103.01208, §5',
  formula: `
    δ′ = δ but in a square of side √(p·H·W), at random
    δ ← δ′ where L(x₀ + δ′) > L(x₀ + δ),   L(x) = max_{k≠y} z_k − z_y
  `,
  norms: { linf: { eps: 8 / 255 }, l2: { eps: 0.5 }, l1: { eps: 12, help: 'bumps as in l2' } },
  params: { queries: 5000, restarts: 1 },
  gradients: () => 0,

  async *run(subject, { queries }) {
    const { x0, shape, norm, logits, lead } = subject
    const search = norm === 'linf' ? stripes(subject) : bumps(subject)
    let best: Point & { readonly lead: number } = { x: x0, logits: new Float32Array(), lead: -Infinity }
    for (let query = 0; query < queries; query++) {
      const halved = HALVINGS.filter(share => query > share * queries).length
      const side = Math.sqrt(START * 0.5 ** halved * shape[1] * shape[2])
      const delta =
        query === 0
          ? search.first()
          : search.next(
              best.x.map((v, i) => v - x0[i]),
              side,
            )
      const x = x0.map((v, i) => Math.min(Math.max(v + delta[i], 0), 1))
      const z = await logits(x)
      if (lead(z) <= best.lead) continue
      best = { x, logits: z, lead: lead(z) }
      if (best.lead >= 0) yield best
    }
    yield best
  },
})

/** How a norm's perturbations, [C, H, W], begin and go on. */
interface Search {
  first(): Float32Array
  next(delta: Float32Array, side: number): Float32Array
}

function stripes({ shape: [C, H, W], eps, random }: Subject): Search {
  const signs = (count: number): Float32Array => random('uniform', count).map(u => (u < 0.5 ? -eps : eps))
  return {
    first() {
      const values = signs(C * W)
      return Float32Array.from({ length: C * H * W }, (_, i) => values[Math.floor(i / (H * W)) * W + (i % W)])
    },
    next(delta, side) {
      const square = windowAnywhere(Math.max(Math.round(side), 1), H, W, random)
      const [values, out] = [signs(C), delta.slice()]
      for (let c = 0; c < C; c++) for (const i of placesIn(square, c, H, W)) out[i] = values[c]
      return out
    },
  }
}

function bumps({ shape: [C, H, W], norm, eps, random }: Subject): Search {
  const size = norm === 'l1' ? Math.abs : (v: number) => v * v
  const root = norm === 'l1' ? (v: number) => v : Math.sqrt
  const total = (values: Iterable<number>): number => {
    let sum = 0
    for (const v of values) sum += size(v)
    return sum
  }
  const scaled = (delta: Float32Array): Float32Array => {
    const factor = eps / Math.max(root(total(delta)), 1e-12)
    return delta.map(v => v * factor)
  }
  const coin = (): number => (random('uniform', 1)[0] < 0.5 ? -1 : 1)
  return {
    first() {
      const delta = new Float32Array(C * H * W)
      const side = Math.max(1, Math.floor(Math.min(H, W) / 5))
      for (let top = 0; top + side <= H; top += side)
        for (let left = 0; left + side <= W; left += side)
          for (let c = 0; c < C; c++) {
            const [bump, sign] = [bumpOf(side, coin() > 0), coin()]
            for (const [k, i] of placesIn({ top, left, side }, c, H, W).entries()) delta[i] = sign * bump[k]
          }
      return scaled(delta)
    },
    next(delta, wanted) {
      const side = Math.min(Math.max(Math.round(wanted), 3) | 1, H, W)
      const [to, from] = [windowAnywhere(side, H, W, random), windowAnywhere(side, H, W, random)]
      const out = delta.slice()
      const bump = bumpOf(side, coin() > 0)
      const spare = Math.max(size(eps) - total(delta), 0) / C // what the box has cut off
      for (let c = 0; c < C; c++) {
        const [own, other] = [placesIn(to, c, H, W), placesIn(from, c, H, W)]
        const held = total([...new Set([...own, ...other])].map(i => delta[i]))
        const before = Math.max(root(total(own.map(i => delta[i]))), 1e-12)
        const sign = coin()
        const shape = own.map((i, k) => sign * bump[k] + delta[i] / before)
        const length = Math.max(root(total(shape)), 1e-12)
        for (const i of other) out[i] = 0
        for (const [k, i] of own.entries()) out[i] = (shape[k] / length) * root(held + spare)
      }
      return scaled(out)
    },
  }
}
