import { abs, attack, clip, grad, l0, l2, maximum, minimum, positive, reshape, where } from 'advx'

const FAR = 1e30 // no adversarial point yet
const TINY = 1e-12

/**
 * Fast minimum norm: steps up the lead of the best other class, each then projected onto a ball that shrinks while the
 * point is adversarial and grows while it is not, at first to where a linear model would have the boundary.
 *
 * α falls from 1 and γₜ from γ, to a hundredth and a fiftieth, as half a cosine. In L0 ε counts pixels: it begins at 1,
 * and goes up or down by 1 at least.
 */
export default attack({
  title: 'Fast Minimum-Norm',
  paper: 'Pintor et al. 2021, https://arxiv.org/abs/2102.12827, Algorithm 1',
  formula: `
    L(x) = max_{k≠y} z_k − z_y,   g = ∇ₓ L(xₜ)
    εₜ₊₁ = min(εₜ · (1 − γₜ), best)   if xₜ is adversarial
           εₜ · (1 + γₜ)              if not; until a point was adversarial
                                      at least ‖xₜ − x₀‖ + |L(xₜ)| / ‖g‖_q
    xₜ₊₁ = clip(Π_{B(x₀, εₜ₊₁)}(xₜ + αₜ · g / ‖g‖₂), 0, 1)
    best: the least ‖xₛ − x₀‖ that was adversarial
  `,
  norms: { l2: {}, linf: {}, l1: {}, l0: {} },
  params: { steps: 100, gamma: 0.05 },

  start({ x0, norm }) {
    const zero = norm.length(x0).mul(0)
    return { x: x0, eps: norm === l0 ? zero.add(1) : zero, best: zero.add(FAR) }
  },

  step({ x, eps, best }, { x0, margin, adversarial, norm, schedule }, { steps, gamma }) {
    const falling = (last: number) => schedule(t => last + ((1 - last) * (1 + Math.cos((Math.PI * t) / steps))) / 2)
    const [alpha, share] = [falling(1 / 100), falling(1 / 50).mul(gamma)]
    const g = grad(margin)(x)
    const won = adversarial(x)
    const length = norm.length(x.sub(x0))
    const least = where(won, minimum(length, best), best)
    const [smaller, larger] = [eps.mul(share.mul(-1).add(1)), eps.mul(share.add(1))]
    const down = norm === l0 ? minimum(smaller, eps.sub(1)) : smaller
    const up = norm === l0 ? maximum(larger, eps.add(1)) : larger
    const linear = length.add(reshape(abs(margin(x)), length.shape).div(maximum(norm.dual(g), TINY)))
    const none = positive(best.sub(FAR / 2)) // was adversarial before
    const next = where(won, minimum(down, least), where(none, maximum(up, linear), up))
    const farthest = norm.length(maximum(x0, x0.mul(-1).add(1)))
    const radius = minimum(maximum(next, 0), farthest)
    return {
      x: clip(norm.project(x.add(l2.direction(g).mul(alpha)), x0, radius), 0, 1),
      eps: radius,
      best: least,
    }
  },
})
