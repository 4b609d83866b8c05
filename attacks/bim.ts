import { attack, clip, grad } from 'advx'

/**
 * Basic iterative method: small steps up the loss from the picture itself, back into the ε-ball after each.
 *
 * The paper's step is 1/255 and its number of steps follows from ε; here ten steps of ε/5 reach every corner
 * of the ball twice over.
 */
export default attack({
  title: 'Basic Iterative Method',
  paper: 'Kurakin, Goodfellow, Bengio 2017, https://arxiv.org/abs/1607.02533, §2.2',
  formula: `
    x₀′ = x₀
    xₜ₊₁ = Π_{B(x₀, ε) ∩ [0,1]}(xₜ + α·ε · direction(∇ₓ J(xₜ, y)))
  `,
  norms: { linf: { eps: 8 / 255 }, l2: { eps: 0.5 }, l1: { eps: 12 } },
  params: { alpha: 0.2, steps: 10 },

  step: ({ x }, { x0, loss, norm }, { eps, alpha }) => ({
    x: clip(norm.project(x.add(norm.direction(grad(loss)(x), x).mul(eps.mul(alpha))), x0, eps), 0, 1),
  }),
})
