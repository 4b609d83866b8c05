import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../src/evaluate.ts'
import { l1, l2, linf } from '../src/norms.ts'
import { stepToPlane } from '../src/plane.ts'
import { N } from '../src/shape.ts'
import { input } from '../src/tensor.ts'
import { normals, uniform } from './support/values.ts'

const D = 12
const [w, c, x] = [input([N, 3, 2, 2], 'w'), input([N, 1, 1, 1], 'c'), input([N, 3, 2, 2], 'x')]
const NORMS = { linf, l2, l1 }
type Name = keyof typeof NORMS

/** The shortest step by its length: of all that a step of that length gains at most, found by halving. */
function byHalving(name: Name, slope: number[], gain: number, from: number[]): number[] {
  const room = slope.map((s, i) => (s * gain > 0 ? 1 - from[i] : from[i]))
  const most: Record<Name, (r: number) => number[]> = {
    linf: r => room.map(u => Math.min(u, r)),
    l2: r => {
      // The best step within L2 length r: min(λ·|w|, room) for the λ that gives it this length.
      const at = (lambda: number): number[] => slope.map((s, i) => Math.min(lambda * Math.abs(s), room[i]))
      return at(halved(lambda => Math.hypot(...at(lambda)) >= r, 1e6))
    },
    l1: r => {
      const out = slope.map(() => 0)
      let left = r
      for (const i of [...slope.keys()].sort((a, b) => Math.abs(slope[b]) - Math.abs(slope[a]))) {
        out[i] = Math.min(left, room[i])
        left -= out[i]
      }
      return out
    },
  }
  const gained = (r: number): number => most[name](r).reduce((sum, m, i) => sum + m * Math.abs(slope[i]), 0)
  const r = halved(r => gained(r) >= Math.abs(gain), D)
  return most[name](r).map((m, i) => m * Math.sign(slope[i] * gain))
}

function halved(enough: (v: number) => boolean, far: number): number {
  let [lo, hi] = [0, far]
  for (let i = 0; i < 100; i++) {
    const middle = (lo + hi) / 2
    if (enough(middle)) hi = middle
    else lo = middle
  }
  return hi
}

const SETTINGS = Array.from({ length: 30 }, (_, seed) => {
  const next = uniform(seed)
  const from = Array.from({ length: D }, () => Math.min(1, Math.max(0, 1.4 * next() - 0.2)))
  const slope = [...normals(D, 100 + seed)].map(v => (next() < 0.1 ? 0 : v))
  const sign = next() < 0.5 ? -1 : 1
  const reach = slope.reduce((sum, s, i) => sum + Math.abs(s) * (s * sign > 0 ? 1 - from[i] : from[i]), 0)
  return { from, slope, gain: sign * reach * next() }
})
const run = (name: Name, all: readonly (typeof SETTINGS)[number][]): number[][] => {
  const feeds = [
    [w, all.flatMap(s => s.slope)],
    [c, all.map(s => s.gain)],
    [x, all.flatMap(s => s.from)],
  ] as const
  const [d] = evaluate([stepToPlane(NORMS[name], w, c, x)], new Map(feeds), all.length)
  return all.map((_, i) => [...d.slice(i * D, (i + 1) * D)])
}

describe.each(Object.keys(NORMS) as Name[])('a step to a plane in %s', name => {
  const steps = run(name, SETTINGS)

  test('reaches it, inside the box', () => {
    for (const [i, { from, slope, gain }] of SETTINGS.entries()) {
      expect(steps[i].reduce((sum, d, k) => sum + d * slope[k], 0)).toBeCloseTo(gain, 6)
      for (const [k, d] of steps[i].entries()) {
        expect(from[k] + d).toBeGreaterThan(-1e-12)
        expect(from[k] + d).toBeLessThan(1 + 1e-12)
      }
    }
  })

  test('is as short as the one that halving finds', () => {
    for (const [i, { from, slope, gain }] of SETTINGS.entries())
      for (const [k, d] of byHalving(name, slope, gain, from).entries()) {
        // In Linf a value without slope may go anywhere within the length, or stay.
        if (slope[k] !== 0) expect(steps[i][k]).toBeCloseTo(d, 5)
      }
  })

  test('goes to the corner of the box where the plane is farther, and nowhere without a slope', () => {
    const far = SETTINGS.map(s => ({ ...s, gain: 10 * s.gain + 100 * Math.sign(s.gain) }))
    for (const [i, d] of run(name, far).entries())
      for (const [k, s] of far[i].slope.entries())
        if (s !== 0) expect(far[i].from[k] + d[k]).toBeCloseTo(Number(s * far[i].gain > 0), 6)
    const flat = SETTINGS.map(s => ({ ...s, slope: s.slope.map(() => 0) }))
    expect(run(name, flat).every(d => d.every(v => v === 0))).toBe(true)
  })

  test('of one picture is the same beside others', () => {
    for (const [i, one] of SETTINGS.entries()) expect(run(name, [one])[0]).toEqual(steps[i])
  })
})
