import { attack, clip, grad, l2, maximum, minimum } from 'advx'

/**
 * Decoupled direction and norm: a step along the normalised gradient, then back onto a sphere around the picture, which
 * shrinks by γ while the point on it is adversarial and grows by γ while it is not.
 *
 * The paper rounds xₜ₊₁ to 8-bit levels in every step; here the driver looks for the nearest 8-bit picture at the end.
 */
export default attack({
  title: 'Decoupled Direction and Norm',
  paper: 'Rony et al. 2019, https://arxiv.org/abs/1811.09600, Algorithm 1',
  formula: `
    ε₀ = 1,   εₜ₊₁ = εₜ · (1 − γ) if xₜ is adversarial, else εₜ · (1 + γ)
    δ′ = xₜ − x₀ + αₜ · ∇ₓ J(xₜ, y) / ‖∇ₓ J(xₜ, y)‖₂
    αₜ = 0.01 + 0.99 · (1 + cos(π·t/T)) / 2
    xₜ₊₁ = clip(x₀ + εₜ₊₁ · δ′ / ‖δ′‖₂, 0, 1)
  `,
  norms: { l2: {} },
  params: { steps: 100, gamma: 0.05 },

  start: ({ x0 }) => ({ x: x0, eps: l2.length(x0).mul(0).add(1) }),

  step({ x, eps }, { x0, loss, adversarial, schedule }, { steps, gamma }) {
    const alpha = schedule(t => 0.01 + (0.99 * (1 + Math.cos((Math.PI * t) / steps))) / 2)
    const farthest = l2.length(maximum(x0, x0.mul(-1).add(1)))
    const radius = minimum(eps.mul(adversarial(x).mul(-2).add(1).mul(gamma).add(1)), farthest)
    const delta = x.sub(x0).add(l2.direction(grad(loss)(x)).mul(alpha))
    return { x: clip(x0.add(l2.direction(delta).mul(radius)), 0, 1), eps: radius }
  },
})
