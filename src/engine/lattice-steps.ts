// Steps of a picture from level to level: what they gain of the lead, what they cost of the distance.

import { clampLevel } from './lattice.ts'
import { Ranking } from './ranking.ts'

/** A picture on the lattice, the clean one, and the gradient of the lead: planar [C, H, W]. */
export interface Place {
  readonly levels: Uint8Array
  readonly x0: Uint8Array
  readonly gradient: Float32Array
  readonly channels: number
}

/** Values, or pixels, that step, in the order in which they shall. */
export type Steps = readonly number[]

/** A distance as the sum of what the steps away from x0 cost. */
export interface Measure {
  total(levels: Uint8Array, x0: Uint8Array, channels: number): number
  /** Steps towards x0 that lose least for what they save, until that is `cost` or more, or they are so many. */
  inward(at: Place, cost: number, count?: number): Steps
  /** Steps away from x0 that gain most for what they cost, together at most `cost`. */
  outward(at: Place, cost: number): Steps
  back(at: Place, steps: Steps): Uint8Array
  forth(at: Place, steps: Steps): Uint8Array
}

/** L2, squared: the m-th level of a value costs m² − (m − 1)². */
export const squares: Measure = byValue({
  total: m => m * m,
  rank(ranking, i, gain, farthest, nearest) {
    for (let m = farthest; m >= nearest; m--) ranking.add(i, gain / (2 * m - 1), 2 * m - 1)
  },
  deep: 1,
})
/** L1: each level costs 1. */
export const values: Measure = byValue({
  total: m => m,
  rank: (ranking, i, gain, farthest, nearest) => ranking.add(i, gain, 1, farthest - nearest + 1),
  deep: 255,
})

interface ByValue {
  /** What a value costs that is m levels from x0. */
  total(m: number): number
  /** Ranks the steps of value i between two numbers of levels from x0, each step of the same gain. */
  rank(ranking: Ranking, i: number, gain: number, farthest: number, nearest: number): void
  /** Levels that one value may go outward at a time. */
  deep: number
}

function byValue({ total, rank, deep }: ByValue): Measure {
  return {
    total(levels, x0) {
      let sum = 0
      for (let i = 0; i < levels.length; i++) sum += total(Math.abs(levels[i] - x0[i]))
      return sum
    },
    inward({ levels, x0, gradient }, enough, count) {
      const ranking = new Ranking()
      for (let i = 0; i < levels.length; i++) {
        const d = levels[i] - x0[i]
        if (d !== 0) rank(ranking, i, -gradient[i] * Math.sign(d), Math.abs(d), 1)
      }
      return ranking.atLeast(enough, count)
    },
    outward({ levels, x0, gradient }, most) {
      const ranking = new Ranking()
      for (let i = 0; i < levels.length; i++) {
        const up = gradient[i] > 0
        const d = levels[i] - x0[i]
        if (gradient[i] === 0 || (up ? d < 0 : d > 0)) continue
        const room = Math.min(deep, most, up ? 255 - levels[i] : levels[i])
        if (room >= 1) rank(ranking, i, Math.abs(gradient[i]), Math.abs(d) + room, Math.abs(d) + 1)
      }
      return ranking.atMost(most)
    },
    back: ({ levels, x0 }, steps) => moved(levels, steps, (v, i) => v + Math.sign(x0[i] - v)),
    forth: ({ levels, gradient }, steps) => moved(levels, steps, (v, i) => v + Math.sign(gradient[i])),
  }
}

/** The levels with each step taken in turn. */
function moved(levels: Uint8Array, steps: Steps, to: (v: number, i: number) => number): Uint8Array {
  const out = levels.slice()
  for (const i of steps) out[i] = to(out[i], i)
  return out
}

/** L0: a pixel costs 1 as soon as it moves, and may then have any color. */
export const pixels: Measure = {
  total(levels, x0, channels) {
    let count = 0
    for (let p = 0; p < levels.length / channels; p++) if (differs(levels, x0, channels, p)) count++
    return count
  },
  inward({ levels, x0, gradient, channels }, enough, count) {
    const ranking = new Ranking()
    for (let p = 0; p < levels.length / channels; p++) {
      if (!differs(levels, x0, channels, p)) continue
      let loss = 0
      for (let i = p; i < levels.length; i += levels.length / channels) loss += gradient[i] * (levels[i] - x0[i])
      ranking.add(p, -loss, 1)
    }
    return ranking.atLeast(enough, count)
  },
  // To the corner of the colors that gains most; another color for a pixel that moved already costs nothing.
  outward({ levels, x0, gradient, channels }, most) {
    const ranking = new Ranking()
    for (let p = 0; p < levels.length / channels; p++) {
      let gain = 0
      for (let i = p; i < levels.length; i += levels.length / channels)
        gain += gradient[i] * (extreme(levels[i], gradient[i]) - levels[i])
      if (gain > 0) ranking.add(p, gain, differs(levels, x0, channels, p) ? 0 : 1)
    }
    return ranking.atMost(most)
  },
  back: ({ levels, x0, channels }, steps) =>
    moved(
      levels,
      steps.flatMap(p => valuesOf(p, channels, levels)),
      (_, i) => x0[i],
    ),
  forth: ({ levels, gradient, channels }, steps) =>
    moved(
      levels,
      steps.flatMap(p => valuesOf(p, channels, levels)),
      (v, i) => extreme(v, gradient[i]),
    ),
}

/** The picture with all values of these pixels `far` levels up the gradient, as far as there are levels. */
export const shifted = ({ levels, gradient, channels }: Place, steps: Steps, far: number): Uint8Array =>
  moved(
    levels,
    steps.flatMap(p => valuesOf(p, channels, levels)),
    (v, i) => clampLevel(v + far * Math.sign(gradient[i])),
  )

const extreme = (v: number, gradient: number): number => (gradient > 0 ? 255 : gradient < 0 ? 0 : v)

/** Where the values of a pixel lie, one a channel. */
function valuesOf(pixel: number, channels: number, { length }: Uint8Array): number[] {
  return Array.from({ length: channels }, (_, c) => pixel + (c * length) / channels)
}

const differs = (a: Uint8Array, b: Uint8Array, channels: number, pixel: number): boolean => {
  for (let i = pixel; i < a.length; i += a.length / channels) if (a[i] !== b[i]) return true
  return false
}
