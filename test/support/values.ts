import { resolve, type Shape, size } from '../../src/shape.ts'

/** Numbers that are the same at every run: mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function uniform(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b9)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Values for a tensor of `shape`, evenly spread over [lo, hi) in random order: no two are equal or even near, so
 * that no maximum is tied and no finite difference crosses a kink between them. Each is a float32, so that every
 * executor gets the same numbers.
 */
export function values(shape: Shape, batch: number, lo: number, hi: number, seed: number): Float64Array {
  const next = uniform(seed)
  const count = size(resolve(shape, batch))
  const places = Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1))
    ;[places[i], places[j]] = [places[j], places[i]]
  }
  const shift = 0.3 + 0.4 * next()
  return Float64Array.from(places, p => Math.fround(lo + ((hi - lo) * (p + shift)) / count))
}

/** Standard normal numbers, for projections. */
export function normals(count: number, seed: number): Float64Array {
  const next = uniform(seed)
  return Float64Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()))
    return radius * Math.cos(2 * Math.PI * next())
  })
}
