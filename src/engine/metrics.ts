import type { Share, Spread } from './options.ts'

const Z = 1.959963984540054 // 97.5 % of the normal distribution

/** k of n with the 95 % interval of Wilson (1927); null for n = 0. */
export function share(k: number, n: number): Share | null {
  if (n === 0) return null
  const p = k / n
  const center = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n)
  const half = (Z / (1 + Z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2))
  return { value: p, low: k === 0 ? 0 : center - half, high: k === n ? 1 : center + half }
}

/** Median and quartiles, linear between the two nearest values; null of nothing. */
export function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const at = (q: number): number => {
    const place = q * (sorted.length - 1)
    const below = Math.floor(place)
    const above = Math.ceil(place)
    return sorted[below] + (place - below) * (sorted[above] - sorted[below])
  }
  return { median: at(0.5), q1: at(0.25), q3: at(0.75) }
}
