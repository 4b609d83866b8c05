import type { Ground } from './lattice-search.ts'
import type { Measure, Place } from './lattice-steps.ts'

/** Gradients that one search asks for at most. */
const GRADIENTS = 20
/** Part of the distance that is exchanged at a time: at first, and at the most. */
const SHARE = 1 / 4
/** Single steps that are tried where nothing larger helps. */
const SINGLES = 8

/**
 * Nearer adversarial pictures from an adversarial one: steps that lose little of the lead for what they save are taken
 * back, then steps that gain much for what they cost are taken, as few as make the picture adversarial again. Where that
 * saves nothing, less is exchanged at a time, down to single steps.
 */
export async function exchange(ground: Ground, measure: Measure, start: Uint8Array): Promise<Uint8Array> {
  const { x0, channels } = ground
  let best = start
  let share = SHARE
  for (let asked = 0; asked < GRADIENTS; asked++) {
    const place: Place = { levels: best, x0, channels, gradient: await ground.gradient(best) }
    const total = measure.total(best, x0, channels)
    let nearer: Uint8Array | null = null
    for (; !nearer && share * total >= 2; share /= 3)
      nearer = await exchanged(ground, measure, place, total, measure.inward(place, share * total))
    const singles = nearer ? [] : measure.inward(place, Infinity, SINGLES)
    for (const step of singles) nearer ??= await exchanged(ground, measure, place, total, [step])
    if (!nearer) return best
    best = nearer
    share = Math.min(SHARE, share * 4.5)
  }
  return best
}

/** A picture of less than `total` with these steps taken back and others taken; null: none of these is adversarial. */
async function exchanged(
  ground: Ground,
  measure: Measure,
  place: Place,
  total: number,
  back: readonly number[],
): Promise<Uint8Array | null> {
  const base = { ...place, levels: measure.back(place, back) }
  const saved = total - measure.total(base.levels, place.x0, place.channels)
  const forth = measure.outward(base, saved - 1)
  const at = (count: number): Uint8Array => measure.forth(base, forth.slice(0, count))
  const isAdversarial = async (levels: Uint8Array): Promise<boolean> => (await ground.advantage(levels)) >= 0
  if (!(await isAdversarial(at(forth.length)))) return null
  return at(await fewest(-1, forth.length, 1 + forth.length / 32, count => isAdversarial(at(count))))
}

/** By halving, a count up to `high` that suffices, at most `within` above one that does not; `low` does not, `high` does. */
export async function fewest(
  low: number,
  high: number,
  within: number,
  suffices: (count: number) => Promise<boolean>,
): Promise<number> {
  let [short, enough] = [low, high]
  while (enough - short > within) {
    const middle = Math.floor((short + enough) / 2)
    if (await suffices(middle)) enough = middle
    else short = middle
  }
  return enough
}
