import { clampLevel } from './lattice.ts'
import type { Ground } from './lattice-search.ts'
import { squares } from './lattice-steps.ts'

/** Directions that are looked along at most, and how many in turn may bring nothing. */
const TURNS = 12
const PATIENCE = 3
/** Part of the squared distance that a turn must bring to count. */
const LEAST = 1 / 500
/** To which part of it the shortest way in a direction is looked for, and how much shorter it may be. */
const HALVINGS = 5
const SHORTEST = 0.8

/**
 * Nearer adversarial pictures, in L2, from the adversarial `start` found along `way`. The nearest point of a boundary lies
 * from x0 along the gradient there; so the way turns towards the sum of the gradients so far, each of length 1, and in each
 * direction the picture is looked at that is just nearer than the best.
 */
export async function turned(ground: Ground, way: Float32Array, start: Uint8Array): Promise<Uint8Array> {
  const { x0 } = ground
  const sum = unit(way)
  let [best, at] = [start, start]
  for (let turns = 0, idle = 0; turns < TURNS && idle < PATIENCE; turns++) {
    const gradient = unit(await ground.gradient(at))
    for (let i = 0; i < sum.length; i++) sum[i] += gradient[i]
    const total = squares.total(best, x0, ground.channels)
    const far = lengthBelow(ground, sum, total)
    at = along(x0, sum, far)
    idle++
    if ((await ground.advantage(at)) < 0) continue
    at = await shortest(ground, sum, far, at)
    best = at
    if (squares.total(best, x0, ground.channels) < total * (1 - LEAST)) idle = 0
  }
  return best
}

/** The nearest levels to x0 + s · direction, which is in levels. */
export function along(x0: Uint8Array, direction: Float32Array, s: number): Uint8Array {
  const levels = new Uint8Array(x0.length)
  for (let i = 0; i < levels.length; i++) levels[i] = clampLevel(Math.round(x0[i] + s * direction[i]))
  return levels
}

/** The largest multiple of a direction whose picture is nearer than `total`, squared. */
function lengthBelow({ x0, channels }: Ground, direction: Float32Array, total: number): number {
  const isBelow = (s: number): boolean => squares.total(along(x0, direction, s), x0, channels) < total
  let [low, high] = [0, 1]
  while (isBelow(high) && high < 1e6) [low, high] = [high, 2 * high]
  for (let i = 0; i < 24; i++) {
    const middle = (low + high) / 2
    if (isBelow(middle)) low = middle
    else high = middle
  }
  return low
}

/** The nearest adversarial picture in a direction, from the one at the multiple `far`. */
async function shortest(ground: Ground, direction: Float32Array, far: number, from: Uint8Array): Promise<Uint8Array> {
  let [low, high, found] = [SHORTEST * far, far, from]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    const levels = along(ground.x0, direction, middle)
    if ((await ground.advantage(levels)) >= 0) [high, found] = [middle, levels]
    else low = middle
  }
  return found
}

function unit(v: Float32Array): Float32Array {
  const largest = v.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30)
  const length = Math.sqrt(v.reduce((sum, value) => sum + (value / largest) ** 2, 0))
  return v.map(value => value / largest / Math.max(length, 1e-30))
}
