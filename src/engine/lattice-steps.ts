// Steps of a picture from level to level: what they gain of the lead, what they cost of the distance.

import { clampLevel } from './lattice.ts'

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
  /** Steps towards x0 that lose least for what they save, until that is `cost` or more. */
  inward(at: Place, cost: number): Steps
  /** Steps away from x0 that gain most for what they cost, together at most `cost`. */
  outward(at: Place, cost: number): Steps
  back(at: Place, steps: Steps): Uint8Array
  forth(at: Place, steps: Steps): Uint8Array
}

/** L2, squared: the m-th level of a value costs m² − (m − 1)². */
export const squares: Measure = byValue(m => 2 * m - 1, 1)
/** L1: each level costs 1. */
export const values: Measure = byValue(() => 1, 255)

/** @param deep levels that one value may go outward at a time */
function byValue(cost: (m: number) => number, deep: number): Measure {
  return {
    total(levels, x0) {
      let sum = 0
      for (let i = 0; i < levels.length; i++) for (let m = Math.abs(levels[i] - x0[i]); m > 0; m--) sum += cost(m)
      return sum
    },
    inward({ levels, x0, gradient }, enough) {
      const ranking = new Ranking()
      for (let i = 0; i < levels.length; i++) {
        const d = levels[i] - x0[i]
        const loss = gradient[i] * Math.sign(d)
        for (let m = Math.abs(d); m > 0; m--) ranking.add(i, -loss / cost(m), cost(m))
      }
      return ranking.atLeast(enough)
    },
    outward({ levels, x0, gradient }, most) {
      const ranking = new Ranking()
      for (let i = 0; i < levels.length; i++) {
        const up = gradient[i] > 0
        const d = levels[i] - x0[i]
        if (gradient[i] === 0 || (up ? d < 0 : d > 0)) continue
        const room = Math.min(deep, most, up ? 255 - levels[i] : levels[i])
        const m0 = Math.abs(d)
        for (let m = m0 + 1; m <= m0 + room; m++) ranking.add(i, Math.abs(gradient[i]) / cost(m), cost(m))
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
  inward({ levels, x0, gradient, channels }, enough) {
    const ranking = new Ranking()
    for (let p = 0; p < levels.length / channels; p++) {
      if (!differs(levels, x0, channels, p)) continue
      let loss = 0
      for (const i of valuesOf(p, channels, levels)) loss += gradient[i] * (levels[i] - x0[i])
      ranking.add(p, -loss, 1)
    }
    return ranking.atLeast(enough)
  },
  // To the corner of the colors that gains most; another color for a pixel that moved already costs nothing.
  outward({ levels, x0, gradient, channels }, most) {
    const ranking = new Ranking()
    for (let p = 0; p < levels.length / channels; p++) {
      let gain = 0
      for (const i of valuesOf(p, channels, levels)) gain += gradient[i] * (extreme(levels[i], gradient[i]) - levels[i])
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

/** Steps by what each is worth for its cost; what costs nothing comes first. */
class Ranking {
  private readonly steps: number[] = []
  private readonly worth: number[] = []
  private readonly cost: number[] = []

  add(step: number, worth: number, cost: number): void {
    this.steps.push(step)
    this.worth.push(cost === 0 ? Infinity : worth)
    this.cost.push(cost)
  }

  atLeast(cost: number): number[] {
    let sum = 0
    return this.first(k => {
      const goesOn = sum < cost
      sum += this.cost[k]
      return goesOn
    })
  }

  atMost(cost: number): number[] {
    let sum = 0
    return this.first(k => (sum += this.cost[k]) <= cost)
  }

  private first(goesOn: (k: number) => boolean): number[] {
    const order = Uint32Array.from(this.steps.keys()).sort((a, b) =>
      this.worth[a] === this.worth[b] ? a - b : this.worth[b] - this.worth[a],
    )
    const end = order.findIndex(k => !goesOn(k))
    return Array.from(end < 0 ? order : order.subarray(0, end), k => this.steps[k])
  }
}
