import {
  attack,
  clip,
  crossEntropy,
  dlr,
  type Goal,
  grad,
  halved,
  l1,
  logOdds,
  maximum,
  type Norm,
  positive,
  reshape,
  sparsity,
  type Tensor,
  targetedDlr,
  thinned,
  where,
} from 'advx'

const FAR = 1e30 // no loss yet
const SPARSE = 0.2 // share of the values that a first step in L1 moves

/**
 * Auto-PGD: projected gradient descent that sets its step η, first 2·ε, by how the loss J goes.
 *
 * At checkpoints, first after 22 % of the steps and then ever sooner, η is halved and the best point so far is gone on
 * from, where J rose in at most ¾ of the steps since the last one, or where η was kept there and nothing better came.
 *
 * In L1 there is no momentum; η is first ε, and a step moves the strongest values only, ⅔ as many as the best point moved.
 * After every 4 % of the steps, where that point has become sparser, η is ε again and it is gone on from; else η shrinks
 * to ⅔, down to ε/10.
 *
 * J is the cross-entropy, in which points are compared by the log-odds that grow with it, or the difference of logits
 * ratio; with `targets` both are those towards a class. B rounds are in balls of B·ε, …, 2·ε, ε, each from the best of the
 * last.
 */
export default attack({
  title: 'Auto-PGD',
  paper:
    'Croce, Hein 2020, https://arxiv.org/abs/2003.01690, Algorithm 1; L1: Croce, Hein 2021, https://arxiv.org/abs/2103.01208, Algorithm 1',
  formula: `
    x′ = Π(xₜ + η · direction(∇ₓ J(xₜ, y))),   η = 2·ε, halved as J asks
    xₜ₊₁ = Π(xₜ + ¾ · (x′ − xₜ) + ¼ · (xₜ − xₜ₋₁)),   Π onto B(x₀, ε) ∩ [0,1]
    or in place of J the DLR:
        (max_{k≠y} z_k − z_y) / (z_π₁ − z_π₃),   π sorts z
    towards t: (z_t − z_y) / (z_π₁ − (z_π₃ + z_π₄) / 2)
  `,
  norms: {
    linf: { eps: 8 / 255 },
    l2: { eps: 0.5 },
    l1: { eps: 12, help: 'a step moves as many of the strongest values as ⅔ of those that the best point moved' },
  },
  params: { loss: 'ce', steps: 100, rounds: 1, targets: 0, restarts: 1 },
  note: ({ loss }, classes) =>
    loss === 'dlr' && classes < 4
      ? `The difference of logits ratio divides by what there is between the first logit and the third (with a class aimed at, the third and fourth). This model has ${classes} classes: ${classes < 3 ? 'apgd climbs the margin itself' : 'with a class aimed at, apgd divides by what is between the first and the third'}.`
      : null,

  start({ x0, norm, random }, { eps, rounds }) {
    const reach = x0.sum([1, 2, 3]).mul(0).add(eps.mul(rounds))
    // In L1 a far point, projected, has moved few values.
    const drawn = norm === l1 ? l1.project(x0.add(random.normal(x0)), x0, reach) : norm.sample(x0, reach, random)
    return { ...begun(clip(drawn, 0, 1), reach, norm), share: reach.mul(0).add(SPARSE), moved: reach.mul(0).add(FAR) }
  },

  step(state, goal, { steps, loss }) {
    const { x, old, size, reach } = state
    const { x0, norm, schedule } = goal
    const [climb, height] = ascent(goal, loss)
    const g = grad(climb)(x)
    const value = reshape(height(x), size.shape)
    const higher = positive(value.sub(state.high))
    const seen = {
      ...state,
      best: where(higher, x, state.best),
      slope: where(higher, g, state.slope),
      high: maximum(value, state.high),
      rises: state.rises.add(positive(value.sub(state.last))),
      last: value,
    }
    const { back, ...set } = norm === l1 ? thinned(seen, x0, schedule, steps) : halved(seen, schedule, steps)
    const now = { ...seen, ...set }
    const from = where(back, now.best, x)
    const direction = norm.direction(where(back, now.slope, g), from, now.share)
    const project = (point: Tensor): Tensor => clip(norm.project(point, x0, reach), 0, 1)
    const z = project(from.add(direction.mul(now.size)))
    const momentum = schedule(t => (t === 0 ? 0 : 0.25))
    const next = norm === l1 ? z : project(z.add(from.sub(old).sub(z.sub(from)).mul(momentum)))
    return { ...now, x: next, old: from }
  },

  round({ best, reach }, { x0, norm }, { eps }) {
    const smaller = reach.sub(eps)
    const x = clip(norm.project(best, x0, smaller), 0, 1)
    return { ...begun(x, smaller, norm), ...sparsity(x, x0) }
  },
})

/** The loss, and what grows with it and is not rounded to 0: both per image, [N, 1]. */
function ascent({ objective, logits, y, aim }: Goal, loss: string): ((x: Tensor) => Tensor)[] {
  if (loss === 'ce')
    return [crossEntropy, logOdds].map(of => (aim ? (x: Tensor) => of(logits(x), aim).mul(-1) : objective(of)))
  const ratio = aim ? (x: Tensor) => targetedDlr(logits(x), y, aim) : objective(dlr)
  return [ratio, ratio]
}

/** Where a round begins. */
function begun(x: Tensor, reach: Tensor, norm: Norm) {
  const zero = reach.mul(0)
  return {
    x,
    old: x, // of the step before
    best: x,
    slope: x.mul(0), // ∇ₓ J at the best point
    high: zero.sub(FAR), // J there
    last: zero.add(FAR), // J one step before
    rises: zero, // since the last checkpoint
    size: reach.mul(norm === l1 ? 1 : 2),
    reach,
    kept: zero, // whether the last checkpoint left η as it was
    stood: zero.sub(FAR), // `high` at the last checkpoint
  }
}
