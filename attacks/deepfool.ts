import { attack, clip, leads, nearestBoundary, where } from 'advx'

const BEYOND = 1e-4 // of a linear boundary, so that a step of no length does not stop the walk

/**
 * DeepFool: to the nearest boundary of the model linearised at the point, again and again, until the point is beyond one.
 * The classes are those likeliest there, the true one among them. In targeted runs there is one boundary, the target's with
 * the best other class.
 */
export default attack({
  title: 'DeepFool',
  paper: 'Moosavi-Dezfooli, Fawzi, Frossard 2016, https://arxiv.org/abs/1511.04599, Algorithm 2',
  formula: `
    f_k = z_k − z_y,   w_k = ∇ₓ f_k
    l = arg min_k |f_k| / ‖w_k‖_q over the likeliest classes k ≠ y
    rₜ₊₁ = rₜ + |f_l| / ‖w_l‖_q · direction(w_l)
    xₜ₊₁ = clip(x₀ + (1 + η) · rₜ₊₁, 0, 1)
  `,
  norms: { l2: {}, linf: {} },
  params: { steps: 50, overshoot: 0.02, candidates: 10 },
  gradients: ({ candidates }, { classes, targeted }) => (targeted ? 1 : Math.min(candidates, classes) - 1),

  start: ({ x0 }) => ({ x: x0, r: x0.mul(0), done: x0.sum([1, 2, 3]).mul(0) }),

  step({ x, r }, { x0, y, logits, margin, adversarial, norm, targeted }, { overshoot, candidates }) {
    const z = logits(x)
    const { w, distance } = nearestBoundary(targeted ? [margin(x)] : leads(z, y, candidates - 1), x, norm)
    const won = adversarial(x)
    const total = r.add(norm.direction(w).mul(distance.add(BEYOND)))
    return {
      x: where(won, x, clip(x0.add(total.mul(overshoot.add(1))), 0, 1)),
      r: where(won, r, total),
      done: won,
    }
  },
})
