import { defense, logSoftmax, softmax } from 'advx'

/**
 * Defensive distillation: the model learns its own probabilities at a temperature T, and is used without one, so that its
 * scores are T times as far apart and the gradients of its softmax vanish.
 *
 *     min_w  −Σₖ p₀(k) log softmax(z / T)(k),   p₀ = softmax(z₀) of the model as it was given
 *
 * The given model, which was trained at T = 1, stands for a teacher trained at T, whose scores are divided by T. What this
 * defends against is attacks that follow the softmax: Carlini and Wagner broke it in 2017 by following the scores.
 */
export default defense({
  title: 'Defensive Distillation',
  paper:
    'Papernot et al. 2016, https://arxiv.org/abs/1511.04508, §IV; broken: Carlini, Wagner 2017, https://arxiv.org/abs/1608.04644',
  params: { temperature: 20 },

  teach: ({ before }, { temperature }) => ({
    loss({ model, x }) {
      const { logits } = model.train(x)
      const own = logSoftmax(logits.div(temperature))
      return { loss: softmax(before(x)).mul(own).sum([1]).mean().mul(-1), logits }
    },
  }),
})
