import type { Goal } from './attack.ts'
import { greater, maximum, positive, where } from './ops/elementwise.ts'
import type { Tensor } from './tensor.ts'

/** What Auto-PGD sets its step size η by; all per image, [N, 1, 1, 1]. */
export interface Climb {
  /** η. */
  readonly size: Tensor
  /** How often the loss rose since the last checkpoint. */
  readonly rises: Tensor
  /** The highest loss so far, and what it was at the last checkpoint. */
  readonly high: Tensor
  readonly stood: Tensor
  /** 1 where the last checkpoint left η as it was. */
  readonly kept: Tensor
}

/**
 * η halved at checkpoints where the loss rose in at most ¾ of the steps since the last one, or where η was kept there and
 * nothing better came (Croce and Hein 2020, https://arxiv.org/abs/2003.01690, §3.2).
 *
 * @returns `back`, 1 where it was, and what the state becomes.
 */
export function halved({ size, rises, high, stood, kept }: Climb, schedule: Goal['schedule'], steps: number) {
  const since = schedule(t => checkpoints(steps).get(t) ?? 0)
  const check = positive(since)
  const seldom = greater(rises, since.mul(0.75)).mul(-1).add(1)
  const stuck = kept.mul(greater(high, stood).mul(-1).add(1))
  const back = check.mul(maximum(seldom, stuck))
  return {
    back,
    size: size.mul(back.mul(-0.5).add(1)),
    rises: where(check, 0, rises),
    kept: where(check, back.mul(-1).add(1), kept),
    stood: where(check, high, stood),
  }
}

/** The steps at which η is looked at, each with how many there are since the last one: 22 % of all, then ever fewer. */
function checkpoints(steps: number): ReadonlyMap<number, number> {
  const share = (of: number): number => Math.max(1, Math.floor(of * steps))
  const at = new Map<number, number>()
  let since = share(0.22)
  for (let t = since; t < steps; t += since) {
    at.set(t, since)
    since = Math.max(since - share(0.03), share(0.06))
  }
  return at
}
