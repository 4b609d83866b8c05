import { grad } from './grad.ts'
import type { Norm } from './norms.ts'
import type { Batch, Inner, Model, Progress } from './objective.ts'
import { clip } from './ops/elementwise.ts'
import type { Tensor } from './tensor.ts'

/** Who looks for the pictures that training learns from. */
export interface AdversarySettings {
  readonly norm: Norm
  /** Steps of size α·ε. */
  readonly steps: number
  readonly alpha: number
  /** Where it begins, for a budget. */
  readonly start: (batch: Batch, eps: Tensor) => Tensor
  /** What it climbs, per picture, [B, 1]. */
  readonly loss: (model: Model, at: Tensor, batch: Batch) => Tensor
}

/**
 * Projected gradient steps within the ball around each picture, on the network as it will be used. Its budget is the
 * objective's number `eps`.
 *
 *     xₜ₊₁ = Π_{B(x, ε) ∩ [0,1]}(xₜ + α·ε · direction(∇ J(xₜ)))
 */
export function adversary({ norm, steps, alpha, start, loss }: AdversarySettings): Inner {
  return {
    steps,
    start: batch => clip(start(batch, batch.numbers.eps), 0, 1),
    step(point, batch) {
      const { model, x, numbers } = batch
      const g = grad(at => loss(model, at, batch).sum())(point)
      const moved = point.add(norm.direction(g, point).mul(numbers.eps.mul(alpha)))
      return clip(norm.project(moved, x, numbers.eps), 0, 1)
    },
  }
}

/** A budget that rises to ε in the first epochs, as a number of an objective. */
export const rising =
  (eps: number, epochs: number) =>
  ({ step, perEpoch }: Progress): number =>
    eps * Math.min(1, (step + 1) / Math.max(1, epochs * perEpoch))
