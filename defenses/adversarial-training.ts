import { adversary, crossEntropy, defense, rising } from 'advx'

/**
 * Adversarial training: each step on the pictures that projected gradient descent makes of the batch, at the weights of
 * that step, mixed with the batch as it is.
 *
 *     min_w  λ · J(x, y) + (1 − λ) · J(x′, y),   x′ ≈ arg max_{‖x′ − x‖ ≤ ε} J(x′, y)
 *
 * λ = 0 is Madry's; steps 1, alpha 1.25 is FGSM with a random start (Wong et al. 2020); steps 1, alpha 1, spread 0,
 * clean 0.5 is Goodfellow's mix of J(x) and J(x + ε · sign ∇ₓ J). ε rises over the first epochs (ramp): a model that was
 * trained without may else forget everything at once, and learn nothing again.
 */
export default defense({
  title: 'Adversarial Training',
  paper:
    'Madry et al. 2018, https://arxiv.org/abs/1706.06083, §2; Shaham et al. 2015, https://arxiv.org/abs/1511.05432; Goodfellow et al. 2015, https://arxiv.org/abs/1412.6572, §6; Wong et al. 2020, https://arxiv.org/abs/2001.03994',
  norms: { linf: { eps: 8 / 255 }, l2: { eps: 0.5 } },
  params: { steps: 10, alpha: 0.25, spread: 1, clean: 0, ramp: 1 },

  teach: ({ norm, eps }, { steps, alpha, spread, clean, ramp }) => ({
    numbers: { eps: rising(eps, ramp) },
    inner: adversary({
      norm,
      steps,
      alpha,
      start: ({ x, random }, radius) => (spread === 0 ? x : norm.sample(x, radius.mul(spread), random)),
      loss: (model, at, { y }) => crossEntropy(model.evaluate(at), y),
    }),
    loss({ model, x, y, point }) {
      const { logits } = model.train(point)
      const adversarial = crossEntropy(logits, y).mean()
      if (clean === 0) return { loss: adversarial, logits }
      const own = crossEntropy(model.train(x).logits, y).mean()
      return { loss: own.mul(clean).add(adversarial.mul(1 - clean)), logits }
    },
  }),
})
