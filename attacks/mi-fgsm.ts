import { abs, attack, clip, grad, maximum } from 'advx'

const TINY = 1e-30 // a zero gradient stays zero, not NaN

/**
 * Momentum iterative FGSM: climb a running sum of L1-normalised gradients.
 */
export default attack({
  title: 'Momentum Iterative FGSM',
  paper: 'Dong et al. 2018, https://arxiv.org/abs/1710.06081, Algorithm 1',
  formula: `
    gₜ₊₁ = μ · gₜ + ∇ₓ J(xₜ, y) / ‖∇ₓ J(xₜ, y)‖₁
    xₜ₊₁ = Π_{B(x₀, ε) ∩ [0,1]}(xₜ + α·ε · direction(gₜ₊₁)),   α = 1/T
  `,
  norms: { linf: { eps: 8 / 255 }, l2: { eps: 0.5 }, l1: { eps: 12 } },
  params: { alpha: 0.1, steps: 10, mu: 1 },

  start: ({ x0 }) => ({ x: x0, g: x0.mul(0) }),

  step({ x, g }, { x0, loss, norm }, { eps, alpha, mu }) {
    const dx = grad(loss)(x)
    const momentum = g.mul(mu).add(dx.div(maximum(abs(dx).sum([1, 2, 3]), TINY)))
    const direction = norm.direction(momentum, x)
    return { x: clip(norm.project(x.add(direction.mul(eps.mul(alpha))), x0, eps), 0, 1), g: momentum }
  },
})
