import { attack, clip, grad } from 'advx'

/**
 * Projected gradient descent: steps of size α·ε up the loss, back into the ε-ball after each.
 */
export default attack({
  title: 'Projected Gradient Descent',
  paper: 'Madry et al. 2018, https://arxiv.org/abs/1706.06083, §2.1',
  formula: `
    x₀′ ~ U(B(x₀, ε))
    xₜ₊₁ = Π_{B(x₀, ε) ∩ [0,1]}(xₜ + α·ε · direction(∇ₓ J(xₜ, y)))
  `,
  norms: { linf: { eps: 8 / 255 }, l2: { eps: 0.5 }, l1: { eps: 12 } },
  params: { alpha: 0.25, steps: 10, restarts: 1 },

  start: ({ x0, norm, random }, { eps }) => ({ x: clip(norm.sample(x0, eps, random), 0, 1) }),

  step: ({ x }, { x0, loss, norm }, { eps, alpha }) => ({
    x: clip(norm.project(x.add(norm.direction(grad(loss)(x), x).mul(eps.mul(alpha))), x0, eps), 0, 1),
  }),
})
