import type { Goal } from './attack.ts'
import { greater, maximum, positive, where } from './ops/elementwise.ts'
import type { Tensor } from './tensor.ts'

/** What Auto-PGD in L1 sets its steps by; all but the best point per image, [N, 1, 1, 1]. */
export interface SparseClimb {
  readonly best: Tensor
  /** Radius of the ball. */
  readonly reach: Tensor
  /** η. */
  readonly size: Tensor
  /** Of the values, those that a step moves. */
  readonly share: Tensor
  /** How many the best point had moved at the last look. */
  readonly moved: Tensor
}

/**
 * η and the share of the values that a step moves, after every 4 % of the steps: where the best point has become sparser, η
 * is the ball's radius again; else it shrinks to ⅔, down to a tenth of it (Croce and Hein 2021,
 * https://arxiv.org/abs/2103.01208, Algorithm 1).
 *
 * @returns `back`, 1 where η is the radius again, and what the state becomes.
 */
export function thinned(
  { best, reach, size, ...before }: SparseClimb,
  x0: Tensor,
  schedule: Goal['schedule'],
  steps: number,
) {
  const each = Math.max(1, Math.floor(0.04 * steps))
  const check = schedule(t => Number(t > 0 && t % each === 0))
  const { share, moved } = sparsity(best, x0)
  const back = check.mul(greater(before.moved.mul(0.95), moved))
  const shrunk = maximum(size.div(1.5), reach.div(10))
  return {
    back,
    size: where(check, where(back, reach, shrunk), size),
    share: where(check, share, before.share),
    moved: where(check, moved, before.moved),
  }
}

/** How many values a point has moved, and ⅔ of that as a share of all. */
export function sparsity(x: Tensor, x0: Tensor): { readonly moved: Tensor; readonly share: Tensor } {
  const d = x.sub(x0)
  const moved = positive(d.mul(d)).sum([1, 2, 3])
  const all = x0.mul(0).add(1).sum([1, 2, 3])
  return { moved, share: moved.div(all.mul(1.5)) }
}
