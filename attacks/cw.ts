import {
  type Attack,
  abs,
  adam,
  attack,
  boxSlope,
  clip,
  type Goal,
  grad,
  intoBox,
  l0,
  l2,
  linf,
  maximum,
  minimum,
  outOfBox,
  positive,
  relu,
  reshape,
  type State,
  type Tensor,
  where,
} from 'advx'

const FAR = 1e30 // no loss yet; no constant that sufficed yet
const PROGRESS = 0.9999
const SAME = 1.0001 // lengths of a ratio below this are one length

const params = { steps: 200, rounds: 9, lr: 0.01, c: 0.001, share: 0.25, kappa: 0 }

/** What a norm has of its own: its state, a step of Adam, and how a round's end leads to the next. */
type Search<S extends State> = Required<Pick<Attack<typeof params, S>, 'start' | 'step' | 'round'>>
const search = <S extends State>(math: Search<S>): Search<State> => math as unknown as Search<State>

/** The constant c is bisected, each time from x₀: up while none was adversarial, else down. */
const constant = search({
  start: ({ x0 }, { c }) => {
    const zero = perImage(x0)
    return { ...fresh(x0), w: outOfBox(x0), won: zero, c: zero.add(c), low: zero, high: zero.add(FAR) }
  },

  step({ x, w, m, v, c, low, high, won, before }, goal, { steps, lr, kappa }) {
    const hinge = (at: Tensor): Tensor => relu(goal.margin(at).mul(-1).add(kappa))
    const delta = x.sub(goal.x0)
    const dx = delta.mul(2).add(grad(hinge)(x).mul(c))
    const next = adam(dx.mul(boxSlope(w)), { m, v }, goal.schedule)
    const moved = w.sub(next.step.mul(lr))

    const lost = reshape(hinge(x), c.shape)
    const loss = delta.mul(delta).sum([1, 2, 3]).add(lost.mul(c))
    return {
      ...{ x: intoBox(moved), w: moved, m: next.m, v: next.v, c, low, high },
      won: maximum(won, positive(lost).mul(-1).add(1)),
      ...progress(loss, before, steps, goal),
    }
  },

  round({ c, low, high, won }, { x0 }) {
    const [lower, upper] = [where(won, low, maximum(low, c)), where(won, minimum(high, c), high)]
    const next = where(positive(upper.sub(FAR / 2)), c.mul(10), lower.add(upper).div(2))
    return { ...fresh(x0), w: outOfBox(x0), won: perImage(x0), c: next, low: lower, high: upper }
  },
})

/**
 * The threshold τ is bisected, down to the last ‖δ‖∞ that was adversarial. The penalty on what is beyond τ has, value by
 * value, the weight of the gradient that drives it there, so that its least is where none is beyond: there they are set.
 */
const threshold = search({
  start: ({ x0 }) => {
    const [zero, one] = [perImage(x0), perImage(x0).add(1)]
    return { ...fresh(x0), nearest: x0, least: zero.add(FAR), tau: one, low: zero, high: one }
  },

  step({ x, m, v, nearest, least, tau, low, high, before }, goal, { steps, lr, kappa }) {
    const { x0, margin, schedule } = goal
    const lost = reshape(relu(margin(x).mul(-1).add(kappa)), tau.shape)
    const lowest = minimum(least, lost)
    const ends = tooSlow(lowest, before, steps, goal)
    const next = adam(grad(margin)(x), { m, v }, schedule)
    const moved = x.add(next.step.mul(tau.mul(lr).mul(10)))
    const won = positive(lost).mul(-1).add(1)
    return {
      ...{ x: clip(linf.project(moved, x0, tau), 0, 1), m: next.m, v: next.v, tau, low },
      nearest: where(won, x, nearest),
      high: where(won, minimum(high, linf.length(x.sub(x0))), high),
      least: lowest,
      before: ends.before,
      done: maximum(ends.done, won),
    }
  },

  // From half the way to where it was adversarial last.
  round({ nearest, tau, low, high }, { x0 }) {
    const lower = where(positive(tau.mul(SAME).sub(high)), low, tau)
    const next = lower.add(high).div(2)
    const half = nearest.sub(x0).mul(next.div(high)).div(2)
    return { ...fresh(x0), x: x0.add(half), nearest, least: perImage(x0).add(FAR), tau: next, low: lower, high }
  },
})

/**
 * The number k of pixels that may move falls to a share of what moved, until a round fails, and then is bisected. The k
 * stay that the last success needs most, by Σ |δ|·|∇L| over a pixel's channels; each round begins with what they were.
 */
const pixels = search({
  start: ({ x0 }) => {
    const all = l0.length(x0.mul(0).add(1))
    return { ...fresh(x0), nearest: x0, score: x0.mul(0).add(1), k: all, low: perImage(x0), high: all }
  },

  step({ x, m, v, nearest, score, k, low, high, before }, goal, { steps, lr, kappa }) {
    const { x0, margin, schedule } = goal
    const g = grad(margin)(x)
    const lost = reshape(relu(margin(x).mul(-1).add(kappa)), k.shape)
    const next = adam(g, { m, v }, schedule)
    const moved = x.add(next.step.mul(lr).mul(10).mul(strongest(score, k)))
    const delta = x.sub(x0)
    const won = positive(lost).mul(-1).add(1)
    const { done, ...rest } = progress(lost, before, steps, goal)
    return {
      ...{ x: where(won, x, clip(moved, 0, 1)), m: next.m, v: next.v, k, low },
      nearest: where(won, x, nearest),
      score: where(won, abs(delta.mul(g)), score),
      high: where(won, minimum(high, l0.length(delta)), high),
      ...rest,
      done: maximum(maximum(done, won), positive(low.add(1.001).sub(high))), // no number is left between them
    }
  },

  round({ nearest, score, k, low, high }, { x0 }, { share }) {
    const lower = where(positive(k.add(0.5).sub(high)), low, k)
    const next = maximum(where(positive(lower), lower.add(high).div(2), high.mul(share)), 1)
    const kept = nearest.sub(x0).mul(strongest(score, next))
    return { ...fresh(x0), x: x0.add(kept), nearest, score, k: next, low: lower, high }
  },
})

const SEARCHES = new Map([
  [l2, constant],
  [linf, threshold],
  [l0, pixels],
])

/**
 * Carlini and Wagner: the least distance with a hinge on the lead of the best other class, by Adam, in rounds that bisect
 * per image what weighs the one against the other. In L2 a variable w fills the box by its tanh.
 *
 * An image's round ends where a tenth of its steps brought nothing, in Linf where it brought too little for the loss to be
 * gone by the round's end; in Linf and L0 also at the first success. In Linf a step is 10·lr·τ long, in L0 10·lr.
 */
export default attack({
  title: 'Carlini and Wagner',
  paper: 'Carlini, Wagner 2017, https://arxiv.org/abs/1608.04644, §V and §VI',
  formula: `
    L2:    min_w ‖x − x₀‖₂² + c · max(0, κ − L(x))
           x = clip((1 + tanh(w) / 0.99) / 2, 0, 1)
    Linf:  min_x max(0, κ − L(x)) + Σᵢ |∂L/∂xᵢ| · max(0, |xᵢ − x₀ᵢ| − τ)
    L0:    min_x max(0, κ − L(x)),   x = x₀ but for k pixels
    L(x) = max_{k≠y} z_k − z_y, less the lead that counts as adversarial
    a step is lr long in w (L2), 10·lr·τ in x (Linf), 10·lr in x (L0)
  `,
  norms: {
    l2: { help: 'the rounds bisect c', idle: ['share'] },
    linf: { help: 'the rounds bisect the threshold τ', idle: ['c', 'share'] },
    l0: { help: 'the rounds bisect the number of pixels', idle: ['c'] },
  },
  params,
  start: (goal, given) => SEARCHES.get(goal.norm)!.start(goal, given),
  step: (state, goal, given) => SEARCHES.get(goal.norm)!.step(state, goal, given),
  round: (state, goal, given) => SEARCHES.get(goal.norm)!.round(state, goal, given),
})

const perImage = (x0: Tensor): Tensor => x0.sum([1, 2, 3]).mul(0)

/** Where every round begins: at x₀, with nothing remembered. */
const fresh = (x0: Tensor) => ({
  ...{ x: x0, m: x0.mul(0), v: x0.mul(0) },
  before: perImage(x0).add(FAR),
  done: perImage(x0),
})

/** Ends the round where the loss did not fall since the last look, ten times a round. */
function progress(loss: Tensor, before: Tensor, steps: number, { schedule }: Goal) {
  const looks = schedule(t => Number(t % Math.ceil(steps / 10) === 0))
  return { before: where(looks, loss, before), done: looks.mul(positive(loss.sub(before.mul(PROGRESS)))) }
}

/** Ends the round where the loss will not be 0 by its end, even if it falls twice as fast as it did since the last look. */
function tooSlow(loss: Tensor, before: Tensor, steps: number, { schedule }: Goal) {
  const tenth = Math.ceil(steps / 10)
  const looks = schedule(t => Number(t % tenth === 0))
  const reach = schedule(t => (2 * (steps - t)) / tenth)
  const done = looks.mul(positive(loss.sub(before.sub(loss).mul(reach))))
  return { before: where(looks, loss, before), done }
}

/** 1 at the k pixels of the largest score, over their channels, else 0. */
const strongest = (score: Tensor, k: Tensor): Tensor => positive(abs(l0.project(score, score.mul(0), k)).sum([1]))
