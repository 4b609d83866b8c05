import { advantage } from './decision.ts'
import type { Job } from './job.ts'
import { distances, inside, intoBall, nearest, toUnit, upwards, wayFrom } from './lattice.ts'
import type { Probe } from './probe.ts'

/** An 8-bit picture inside ball and box that is adversarial, and how clearly. */
export interface Candidate {
  readonly levels: Uint8Array
  readonly advantage: number
}

/** A job with a budget. */
export type BudgetedJob = Job & { readonly eps: number }

/**
 * The first adversarial picture among the lattice points near x: each value to its nearest level, then each up the
 * gradient; what leaves the ball comes back by giving up the levels of least gradient. Null: none is.
 *
 * @param gradient of the loss at x, where it is known; else it is asked for when it is needed, and for an attack that
 * asks for none, the way from x0 to x stands for it.
 */
export async function onLattice(
  probe: Probe,
  { norm, eps, targeted, channels, gradients }: BudgetedJob,
  x0: Uint8Array,
  y: number,
  x: Float32Array,
  gradient?: Float32Array,
): Promise<Candidate | null> {
  let known = gradient
  const slope = async (): Promise<Float32Array> => {
    known ??= gradients > 0 ? await probe.gradient(x) : wayFrom(x0, x)
    return known
  }
  const isCandidate = async (levels: Uint8Array): Promise<Candidate | null> => {
    if (!inside(norm, eps, distances(levels, x0, channels))) return null
    const lead = advantage(await probe.logits(toUnit(levels)), y, targeted)
    return lead >= 0 ? { levels, advantage: lead } : null
  }
  const back = async (levels: Uint8Array): Promise<Uint8Array> =>
    inside(norm, eps, distances(levels, x0, channels)) ? levels : intoBall(levels, x0, await slope(), norm, eps)

  const first = await back(nearest(x))
  const found = await isCandidate(first)
  if (found) return found
  const second = await back(upwards(x, await slope()))
  return second.every((v, i) => v === first[i]) ? null : isCandidate(second)
}
