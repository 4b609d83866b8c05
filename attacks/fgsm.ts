import { attack, clip, grad, softmaxCrossEntropy } from 'advx'

/**
 * Fast gradient (sign) method: one step of size ε up the loss.
 *
 * J is the cross-entropy of the softmax in its textbook form, so that figures compare with published ones; the other
 * attacks climb it in a form that keeps its direction where the model is sure. `direction` is sign(·) for Linf,
 * ·/‖·‖₂ for L2 and the strongest coordinates for L1.
 */
export default attack({
  title: 'Fast Gradient Sign Method',
  paper: 'Goodfellow, Shlens, Szegedy 2015, https://arxiv.org/abs/1412.6572, §4',
  formula: `
    x′ = clip(x₀ + ε · direction(∇ₓ J(x₀, y)), 0, 1)
  `,
  norms: { linf: { eps: 8 / 255 }, l2: { eps: 0.5 }, l1: { eps: 12 } },
  params: {},

  step: ({ x }, { objective, norm }, { eps }) => ({
    x: clip(x.add(norm.direction(grad(objective(softmaxCrossEntropy))(x), x).mul(eps)), 0, 1),
  }),
})
