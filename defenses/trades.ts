import { adversary, crossEntropy, defense, logSoftmax, rising, softmax, type Tensor } from 'advx'

/**
 * TRADES: the cross-entropy on the pictures as they are, and β times how far the scores move within the ball.
 *
 *     min_w  J(x, y) + β · KL(p(x) ‖ p(x′)),   x′ ≈ arg max_{‖x′ − x‖ ≤ ε} KL(p(x) ‖ p(x′)),   x′₀ = x + 0.001 · N(0, 1)
 */
export default defense({
  title: 'TRADES',
  paper: 'Zhang et al. 2019, https://arxiv.org/abs/1901.08573, Algorithm 1',
  norms: { linf: { eps: 8 / 255 }, l2: { eps: 0.5 } },
  params: { steps: 10, alpha: 0.25, beta: 6, ramp: 0 },

  teach: ({ norm, eps }, { steps, alpha, beta, ramp }) => ({
    numbers: { eps: rising(eps, ramp) },
    inner: adversary({
      norm,
      steps,
      alpha,
      start: ({ x, random }) => x.add(random.normal(x).mul(0.001)),
      loss: (model, at, { x }) => divergence(model.evaluate(x), model.evaluate(at)),
    }),
    loss({ model, x, y, point }) {
      const { logits } = model.train(x)
      const moved = divergence(logits, model.train(point).logits)
      return { loss: crossEntropy(logits, y).mean().add(moved.mean().mul(beta)), logits }
    },
  }),
})

/** KL(softmax(a) ‖ softmax(b)) per picture, [B, 1]. */
const divergence = (a: Tensor, b: Tensor): Tensor =>
  softmax(a)
    .mul(logSoftmax(a).sub(logSoftmax(b)))
    .sum([1])
