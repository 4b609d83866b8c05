import { describe, expect, test } from '@jest/globals'
import { bestPair } from '../src/best-pair.ts'
import { rarelyDominated } from '../src/pareto.ts'
import { uniform } from './support/values.ts'

type Points = readonly [u: Float32Array, v: Float32Array]
type Random = () => number

const points = (count: number, of: () => readonly [number, number]): Points => {
  const all = Array.from({ length: count }, of)
  return [Float32Array.from(all, ([u]) => u), Float32Array.from(all, ([, v]) => v)]
}
const normal = (next: Random): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())

/** Clouds of points, by how their two values hang together. */
const clouds: Readonly<Record<string, (next: Random) => readonly [number, number]>> = {
  independent: next => [normal(next), normal(next)],
  'heavy tails': next => [normal(next) ** 7, normal(next) ** 7],
  correlated: next => {
    const u = normal(next)
    return [u, u + 0.1 * normal(next)]
  },
  anticorrelated: next => {
    const u = normal(next)
    return [u, -u + 0.02 * normal(next)]
  },
  'on a line': next => {
    const u = 3 * next() - 1
    return [u, 1 - u]
  },
  'on a circle': next => {
    const angle = (Math.PI / 2) * next()
    return [Math.cos(angle), Math.sin(angle)]
  },
  'on a hyperbola': next => {
    const u = Math.exp(2 * normal(next))
    return [u, 1 / u]
  },
  'with many ties': next => [Math.floor(5 * next()) - 2, Math.floor(5 * next()) - 2],
  'mostly below 0': next => [normal(next) - 2.5, normal(next) - 2.5],
  'all below 0': next => [-next(), normal(next)],
}

/** 0: no pair has both sums above 0. */
const score = ([u, v]: Points, pair: readonly [number, number] | null): number => {
  if (!pair) return 0
  const [p, q] = pair
  expect(p).not.toBe(q)
  expect(Math.min(u[p] + u[q], v[p] + v[q])).toBeGreaterThan(0)
  return (u[p] + u[q]) * (v[p] + v[q])
}
function bruteForce([u, v]: Points): number {
  let most = 0
  for (let p = 0; p < u.length; p++)
    for (let q = p + 1; q < u.length; q++)
      if (u[p] + u[q] > 0 && v[p] + v[q] > 0) most = Math.max(most, (u[p] + u[q]) * (v[p] + v[q]))
  return most
}

describe.each(Object.entries(clouds))('points %s', (_, of) => {
  test('the pair is as good as brute force finds it, for few points', () => {
    for (let seed = 0; seed < 100; seed++) {
      const next = uniform(seed)
      const cloud = points(Math.floor(40 * next() ** 2), () => of(next))
      expect(score(cloud, bestPair(...cloud))).toBe(bruteForce(cloud))
    }
  })

  test('and for thousands', () => {
    const next = uniform(1)
    const cloud = points(2500, () => of(next))
    expect(score(cloud, bestPair(...cloud))).toBe(bruteForce(cloud))
  })
})

test('anticorrelated points can all be left to search, and noise leaves few', () => {
  const left = (name: string): number => {
    const next = uniform(1)
    return rarelyDominated(...points(4000, () => clouds[name](next))).length
  }
  expect(left('on a circle')).toBeGreaterThan(3900)
  expect(left('anticorrelated')).toBeGreaterThan(100)
  expect(left('independent')).toBeLessThan(50)
})

// A table of all pairs would have 2 · 10¹⁰ entries.
test.each(['independent', 'anticorrelated', 'on a line', 'on a circle', 'on a hyperbola'])(
  '224 x 224 x 3 points %s: no pair out of many is better',
  name => {
    const next = uniform(2)
    const cloud = points(224 * 224 * 3, () => clouds[name](next))
    const found = score(cloud, bestPair(...cloud))
    const [u, v] = cloud
    const any = (): number => Math.floor(next() * u.length)
    let most = 0
    for (let i = 0; i < 1e5; i++) {
      const [p, q] = [any(), any()]
      if (p !== q && u[p] + u[q] > 0) most = Math.max(most, (u[p] + u[q]) * (v[p] + v[q]))
    }
    expect(found).toBeGreaterThanOrEqual(most)
  },
)

test('points that are not finite take no part', () => {
  const u = Float32Array.of(Infinity, 1, Number.NaN, 2, -Infinity, 9, 9)
  const v = Float32Array.of(1, 1, 1, 2, 1, Number.NaN, Infinity)
  expect([...bestPair(u, v)!].sort()).toEqual([1, 3])
  expect(bestPair(u.slice(0, 3), v.slice(0, 3))).toBeNull()
  expect(bestPair(new Float32Array(0), new Float32Array(0))).toBeNull()
})
