import { backward, crossEntropy, defense, l2, sqrt } from 'advx'

/**
 * Gradient regularisation, or double backpropagation: the loss, and λ times the length of its gradient to the picture in
 * the norm that is dual to the threat's: by how much a perturbation of length 1 can raise the loss, to first order.
 *
 *     min_w  J(x, y) + λ · ‖∇ₓ J(x, y)‖_q^p,   1/p′ + 1/q = 1 for a threat in L_p′
 *
 * power 2 in L2 is Drucker and LeCun's, and Ross and Doshi-Velez's; power 1 is Lyu's: L1 of the gradient for Linf.
 */
export default defense({
  title: 'Input Gradient Regularisation',
  paper:
    'Drucker, LeCun 1992, https://doi.org/10.1109/72.165600; Lyu, Huang, Liang 2015, https://arxiv.org/abs/1511.06385, §3; Ross, Doshi-Velez 2018, https://arxiv.org/abs/1711.09404',
  norms: { l2: {}, linf: {}, l1: {} },
  params: { lambda: 1, power: 2 },

  teach: ({ norm }, { lambda, power }) => ({
    loss({ model, x, y }) {
      const { logits } = model.train(x)
      const losses = crossEntropy(logits, y)
      const [g] = backward(losses.sum(), [x])
      const square = norm === l2 ? g.mul(g).sum([1, 2, 3]).add(TINY) : norm.dual(g).mul(norm.dual(g))
      const penalty = power === 2 ? square : norm === l2 ? sqrt(square) : norm.dual(g)
      return { loss: losses.mean().add(penalty.mean().mul(lambda)), logits }
    },
  }),
})

const TINY = 1e-12 // so that the root of nothing has a gradient
