import type { Ground } from './lattice-search.ts'
import type { Measure } from './lattice-steps.ts'

const GRADIENTS = Number(process.env.XG ?? 20)
const SHARE = Number(process.env.XS ?? 0.25)

/**
 * Nearer adversarial pictures from an adversarial one: steps that lose little of the lead for what they save are taken
 * back, then steps that gain much for what they cost are taken, as few as make the picture adversarial again. Where that
 * saves nothing, fewer are exchanged at a time.
 */
export async function exchange(ground: Ground, measure: Measure, start: Uint8Array): Promise<Uint8Array> {
  const { x0, channels } = ground
  let best = start
  let total = measure.total(start, x0)
  let share = SHARE
  let gradient = await ground.gradient(best)
  for (let asked = 1; ; ) {
    const back = measure.inward(best, x0, gradient, channels, share * total)
    if (back.at.length === 0) return best
    const base = measure.take(best, x0, gradient, back, back.at.length, true)
    const left = measure.total(base, x0)
    const forth = measure.outward(base, x0, gradient, channels, total - left - 1)
    const at = (count: number): Uint8Array => measure.take(base, x0, gradient, forth, count, false)
    const found = await fewest(ground, at, forth.at.length)
    if (found) {
      best = found
      const now = measure.total(best, x0)
      if (process.env.XD) console.error(asked, share.toFixed(3), Math.sqrt(total)/255, Math.sqrt(now)/255)
      total = now
      if (asked === GRADIENTS) return best
      gradient = await ground.gradient(best)
      asked++
      share = Math.min(SHARE, share * 1.5)
    } else {
      share /= 3
      if (share * total < 1) return best
    }
  }
}

/** at(k) for a small k for which it is adversarial, by bisection; null where at(most) is not. */
async function fewest(ground: Ground, at: (count: number) => Uint8Array, most: number): Promise<Uint8Array | null> {
  let found = at(most)
  if ((await ground.advantage(found)) < 0) return null
  let [low, high] = [-1, most]
  while (high - low > 1 + most / 32) {
    const middle = Math.floor((low + high) / 2)
    const levels = at(middle)
    if ((await ground.advantage(levels)) >= 0) [high, found] = [middle, levels]
    else low = middle
  }
  return found
}
