// Pictures are 8-bit: a perturbation is whole levels, and its length a quotient of integers.
import type { NormName } from '../norms.ts'

export interface Distances {
  /** In units where a pixel is 0..1; over all values, but `l0`, which counts pixels. */
  readonly linf: number
  readonly l2: number
  readonly l1: number
  readonly l0: number
}

/** Exact distances of two pictures, planar [C, H, W]. */
export const distances = (a: Uint8Array, b: Uint8Array, channels: number): Distances => apart(a, b, channels, 255)

/** The same of two points as the model sees them; `l0` counts the pixels with a value that moved at all. */
export const lengths = (x: Float32Array, x0: Float32Array, channels: number): Distances => apart(x, x0, channels, 1)

/** One of these, sooner. */
export function lengthIn(norm: NormName, x: Float32Array, x0: Float32Array, channels: number): number {
  if (norm === 'l0') return lengths(x, x0, channels).l0
  let total = 0
  for (let i = 0; i < x.length; i++) {
    const d = Math.abs(x[i] - x0[i])
    total = norm === 'linf' ? Math.max(total, d) : total + (norm === 'l2' ? d * d : d)
  }
  return norm === 'l2' ? Math.sqrt(total) : total
}

/** @param unit what a pixel of 1 is in the two arrays */
function apart<A extends Uint8Array | Float32Array>(a: A, b: A, channels: number, unit: number): Distances {
  const plane = a.length / channels
  let [max, sum, squares, pixels] = [0, 0, 0, 0]
  for (let p = 0; p < plane; p++) {
    let moved = false
    for (let i = p; i < a.length; i += plane) {
      const d = Math.abs(a[i] - b[i])
      if (d === 0) continue
      moved = true
      if (d > max) max = d
      sum += d
      squares += d * d
    }
    if (moved) pixels++
  }
  return { linf: max / unit, l2: Math.sqrt(squares) / unit, l1: sum / unit, l0: pixels }
}

/** Levels that a budget in Linf allows. */
export const levelsOf = (eps: number): number => Math.floor(255 * eps + 1e-9)

/** The budget an attack may use: in Linf only whole levels can be written. */
export const usableEps = (norm: NormName, eps: number): number => (norm === 'linf' ? levelsOf(eps) / 255 : eps)

/** Whether a length in a norm lies inside the budget. */
export const within = (norm: NormName, eps: number, length: number): boolean =>
  norm === 'linf' ? Math.round(255 * length) <= levelsOf(eps) : length <= eps

/** Whether a length of floats lies inside the budget, up to what their sums are rounded by. */
export const nearBall = (eps: number, length: number): boolean => length <= eps * (1 + 1e-4) + 1e-6

/** Whether a written picture lies inside the budget. */
export const inside = (norm: NormName, eps: number, d: Distances): boolean => within(norm, eps, d[norm])

// Plain loops: `from` with a function takes twenty times as long, and these run at every point of an attack.

/** Pictures in [0, 1], as the model sees 8-bit levels. */
export function toUnit(levels: Uint8Array): Float32Array {
  const x = new Float32Array(levels.length)
  for (let i = 0; i < x.length; i++) x[i] = levels[i] / 255
  return x
}

/** x − x0: at the nearest adversarial point the lead's gradient lies along it. */
export const wayFrom = (x0: Uint8Array, x: Float32Array): Float32Array => x.map((v, i) => v - x0[i] / 255)

/** Each value to its nearest level. */
export function nearest(x: Float32Array): Uint8Array {
  const levels = new Uint8Array(x.length)
  for (let i = 0; i < x.length; i++) levels[i] = clampLevel(Math.round(x[i] * 255))
  return levels
}

/** Each value to the level above or below, up the gradient; values on a level stay. */
export function upwards(x: Float32Array, gradient: Float32Array): Uint8Array {
  const levels = new Uint8Array(x.length)
  for (let i = 0; i < x.length; i++) {
    const level = x[i] * 255
    const near = Math.round(level)
    const stays = Math.abs(level - near) < 1e-3 || gradient[i] === 0
    levels[i] = clampLevel(stays ? near : gradient[i] > 0 ? Math.ceil(level) : Math.floor(level))
  }
  return levels
}

/** A whole number, held to what 8 bits say. */
export const clampLevel = (v: number): number => (v < 0 ? 0 : v > 255 ? 255 : v)

/**
 * Takes a picture back into the ball around `x0`, level by level, giving up first the levels that the loss, by its
 * `gradient`, needs least for what they cost. Cost of the m-th level of a value: 1 in L1, m² − (m − 1)² in L2.
 */
export function intoBall(
  x: Uint8Array,
  x0: Uint8Array,
  gradient: Float32Array,
  norm: NormName,
  eps: number,
): Uint8Array {
  const out = x.slice()
  if (norm === 'linf') {
    const k = levelsOf(eps)
    for (let i = 0; i < out.length; i++) out[i] = Math.min(Math.max(out[i], x0[i] - k), x0[i] + k)
    return out
  }
  const cost = (m: number): number => (norm === 'l2' ? 2 * m - 1 : 1)
  const budget = norm === 'l2' ? (255 * eps) ** 2 * (1 + 1e-15) : 255 * eps + 1e-9
  let length = 0
  const places: number[] = []
  const worth: number[] = []
  for (let i = 0; i < out.length; i++) {
    const d = out[i] - x0[i]
    const gain = gradient[i] * Math.sign(d)
    for (let m = Math.abs(d); m > 0; m--) {
      length += cost(m)
      places.push(i)
      worth.push(gain / cost(m))
    }
  }
  // A value's levels come off from the outermost, which is worth least where the gain is positive; where it is negative
  // all of them come first.
  const order = Uint32Array.from(places.keys()).sort((a, b) => worth[a] - worth[b] || a - b)
  for (const at of order) {
    if (length <= budget) break
    const i = places[at]
    const d = out[i] - x0[i]
    length -= cost(Math.abs(d))
    out[i] -= Math.sign(d)
  }
  return out
}
