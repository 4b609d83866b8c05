import {
  adam,
  attack,
  clip,
  grad,
  log,
  maximum,
  minimum,
  positive,
  relu,
  reshape,
  type Tensor,
  tanh,
  where,
} from 'advx'

const FAR = 1e30 // no loss yet; no constant that sufficed yet
const WIDER = 0.99 // the box is this share of tanh's range: pure black and white can be left
const PROGRESS = 0.9999

/**
 * Carlini and Wagner: the least distance with a hinge on the lead of the best other class, by Adam on a variable w whose
 * tanh fills the box. The constant c is bisected per image, each time from x₀: up while none was adversarial, else down.
 *
 *     min_w ‖x − x₀‖₂² + c · max(0, κ − L(x)),   x = clip((1 + tanh(w) / 0.99) / 2, 0, 1)
 *     L(x) = max_{k≠y} z_k − z_y, less the lead that counts as adversarial
 *
 * The clip hands its gradient through. An image's round ends where a tenth of its steps brought nothing.
 */
export default attack({
  title: 'Carlini and Wagner',
  paper: 'Carlini, Wagner 2017, https://arxiv.org/abs/1608.04644, §V and §VI.A',
  norms: { l2: {} },
  params: { steps: 200, rounds: 9, lr: 0.01, c: 0.001, kappa: 0 },

  start: ({ x0 }, { c }) => {
    const zero = x0.sum([1, 2, 3]).mul(0)
    return { ...fresh(x0), c: zero.add(c), low: zero, high: zero.add(FAR) }
  },

  step({ x, w, m, v, c, low, high, won, before }, { x0, margin, schedule }, { steps, lr, kappa }) {
    const hinge = (at: Tensor): Tensor => relu(margin(at).mul(-1).add(kappa))
    const delta = x.sub(x0)
    const dx = delta.mul(2).add(grad(hinge)(x).mul(c))
    const slope = tanh(w)
      .mul(tanh(w))
      .mul(-1)
      .add(1)
      .div(2 * WIDER)
    const next = adam(dx.mul(slope), { m, v }, schedule)
    const moved = w.sub(next.step.mul(lr))

    const lost = reshape(hinge(x), c.shape)
    const loss = delta.mul(delta).sum([1, 2, 3]).add(lost.mul(c))
    const checked = schedule(t => Number(t % Math.ceil(steps / 10) === 0))
    return {
      x: boxed(moved),
      w: moved,
      m: next.m,
      v: next.v,
      c,
      low,
      high,
      won: maximum(won, positive(lost).mul(-1).add(1)),
      before: where(checked, loss, before),
      done: checked.mul(positive(loss.sub(before.mul(PROGRESS)))),
    }
  },

  round({ c, low, high, won }, { x0 }) {
    const [lower, upper] = [where(won, low, maximum(low, c)), where(won, minimum(high, c), high)]
    const next = where(positive(upper.sub(FAR / 2)), c.mul(10), lower.add(upper).div(2))
    return { ...fresh(x0), c: next, low: lower, high: upper }
  },
})

/** Where every round begins: at x₀, with nothing remembered. */
function fresh(x0: Tensor) {
  const zero = x0.sum([1, 2, 3]).mul(0)
  const inner = x0.mul(2).sub(1).mul(WIDER)
  const w = log(inner.add(1).div(inner.mul(-1).add(1))).div(2) // atanh
  return { x: x0, w, m: x0.mul(0), v: x0.mul(0), won: zero, before: zero.add(FAR), done: zero }
}

const boxed = (w: Tensor): Tensor => clip(tanh(w).div(WIDER).add(1).div(2), 0, 1)
