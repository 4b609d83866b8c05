import { abs, attack, backward, clip, greater, kthLargest, maximum, positive, reshape, type Tensor, where } from 'advx'

const FAR = 1e30
const TINY = 1e-12
const BEYOND = 1e-4 // of a linear boundary, so that a step of no length does not stop the walk

/**
 * DeepFool: to the nearest boundary of the model linearised at the point, again and again, until the point is beyond one.
 * In targeted runs there is one boundary, the target's with the best other class.
 *
 *     f_k = z_k − z_y,   w_k = ∇ₓ f_k,   l = arg min_k |f_k| / ‖w_k‖_q over the likeliest classes k ≠ y
 *     rₜ₊₁ = rₜ + |f_l| / ‖w_l‖_q · direction(w_l),   xₜ₊₁ = clip(x₀ + (1 + η) · rₜ₊₁, 0, 1)
 *
 * ‖·‖_q is dual to the norm: L2, or L1 for Linf. The classes are those likeliest at xₜ, the true one among them.
 */
export default attack({
  title: 'DeepFool',
  paper: 'Moosavi-Dezfooli, Fawzi, Frossard 2016, https://arxiv.org/abs/1511.04599, Algorithm 2',
  norms: { l2: {}, linf: {} },
  params: { steps: 50, overshoot: 0.02, candidates: 10 },
  gradients: ({ candidates }) => candidates - 1,

  start: ({ x0 }) => ({ x: x0, r: x0.mul(0), done: x0.sum([1, 2, 3]).mul(0) }),

  step({ x, r }, { x0, y, logits, margin, adversarial, norm, targeted }, { overshoot, candidates }) {
    const z = logits(x)
    const boundaries = targeted ? [margin(x)] : leads(z, y, candidates)
    let [distance, move] = [r.sum([1, 2, 3]).mul(0).add(FAR), r.mul(0)]
    for (const f of boundaries) {
      const [w] = backward(f, [x])
      const size = norm.dual(w)
      const length = reshape(abs(f), size.shape).div(maximum(size, TINY))
      const nearer = positive(distance.sub(length)).mul(positive(size.sub(TINY)))
      distance = where(nearer, length, distance)
      move = where(nearer, norm.direction(w), move)
    }
    const won = adversarial(x)
    const total = r.add(move.mul(distance.add(BEYOND)))
    return {
      x: where(won, x, clip(x0.add(total.mul(overshoot.add(1))), 0, 1)),
      r: where(won, r, total),
      done: won,
    }
  },
})

/** z_k − z_y of the likeliest other classes, [N, 1] each: of which class it is, the image's logits say. */
function leads(z: Tensor, y: Tensor, candidates: number): Tensor[] {
  const others = z.sub(y.mul(1e9))
  const ranks = Math.min(candidates, z.shape[1]) - 1
  const atLeast = (k: number): Tensor => greater(kthLargest(others, k), others).mul(-1).add(1)
  return Array.from({ length: ranks }, (_, i) => {
    const chosen = i === 0 ? atLeast(1) : atLeast(i + 1).sub(atLeast(i))
    return z.mul(chosen.sub(y)).sum([1])
  })
}
