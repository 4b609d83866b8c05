import { describe, expect, test } from '@jest/globals'
import { distances, inside } from '../../src/engine/lattice.ts'
import { type NoiseBudget, noisy, samplesFor, tryNoise } from '../../src/engine/noise.ts'
import type { NormName } from '../../src/norms.ts'
import { uniform } from '../support/values.ts'

const budget = (norm: NormName, eps: number, change: Partial<NoiseBudget> = {}): NoiseBudget => ({
  norm,
  eps,
  seed: 0,
  channels: 3,
  targeted: false,
  ...change,
})
const picture = (length: number, seed = 1): Uint8Array => {
  const next = uniform(seed)
  return Uint8Array.from({ length }, () => Math.floor(256 * next()))
}
const grey = new Uint8Array(3 * 28 * 28).fill(128)
const shifts = (x: Uint8Array): number[] => Array.from(x, v => v - 128)

describe('a picture of noise', () => {
  test.each<[NormName, number, number]>([
    ['linf', 1 / 255, 48],
    ['linf', 8 / 255, 2352],
    ['linf', 1, 48],
    ['l2', 0.5, 2352],
    ['l2', 0.5, 6000],
    ['l2', 100, 48],
    ['l2', 1e-3, 48],
    ['l1', 12, 2352],
    ['l1', 12, 6000],
    ['l1', 1 / 255, 48],
  ])('%s %p lies inside ball and box, of %p values', (norm, eps, length) => {
    const x0 = picture(length)
    for (let i = 0; i < 5; i++) {
      const x = noisy(budget(norm, eps), x0, i)
      expect(inside(norm, eps, distances(x, x0, 3))).toBe(true)
    }
  })

  test('depends on picture, seed and sample, and on nothing else', () => {
    const first = noisy(budget('l2', 1), grey, 0)
    expect(noisy(budget('l2', 1), grey, 0)).toEqual(first)
    expect(noisy(budget('l2', 1, { targeted: true }), grey, 0)).toEqual(first)
    expect(noisy(budget('l2', 1), grey, 1)).not.toEqual(first)
    expect(noisy(budget('l2', 1, { seed: 1 }), grey, 0)).not.toEqual(first)
    expect(noisy(budget('l2', 1), picture(grey.length), 0)).not.toEqual(first)
  })

  test('in Linf every level of the budget is as likely as the others', () => {
    const counts = new Map<number, number>()
    for (let i = 0; i < 10; i++)
      for (const d of shifts(noisy(budget('linf', 2 / 255), grey, i))) counts.set(d, (counts.get(d) ?? 0) + 1)
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2])
    for (const n of counts.values()) expect(Math.abs(n / (10 * grey.length) - 0.2)).toBeLessThan(0.02)
  })

  test.each<[NormName, number]>([
    ['l2', 0.5],
    ['l2', 3],
    ['l1', 12],
    ['l1', 100],
  ])('%s %p uses up its budget, in no direction', (norm, eps) => {
    for (let i = 0; i < 10; i++) {
      const x = noisy(budget(norm, eps), grey, i)
      expect(distances(x, grey, 3)[norm as 'l1' | 'l2']).toBeGreaterThan(0.9 * eps)
      const mean = shifts(x).reduce((a, b) => a + b, 0) / grey.length
      expect(Math.abs(mean)).toBeLessThan(0.2 * Math.max(...shifts(x).map(Math.abs)))
    }
  })

  test('in L2 many values of far less than half a level each are not all rounded away', () => {
    const x0 = new Uint8Array(3 * 96 * 96).fill(128)
    expect(distances(noisy(budget('l2', 0.2), x0, 0), x0, 3).l2).toBeGreaterThan(0.18)
  })
})

describe('trying noise', () => {
  const brighter = async (levels: Uint8Array): Promise<Float32Array> => Float32Array.of(128, levels[0])

  test('counts the samples that leave the class, or reach it', async () => {
    const x0 = Uint8Array.of(128, 128, 128)
    const first = Array.from({ length: 100 }, (_, i) => noisy(budget('linf', 0.2), x0, i)[0] > 128.2)
    const fooled = first.filter(Boolean).length
    expect(await tryNoise(brighter, budget('linf', 0.2), x0, 0, 100)).toEqual({
      samples: 100,
      fooled,
      first: first[0],
    })
    const targeted = budget('linf', 0.2, { targeted: true })
    expect(await tryNoise(brighter, targeted, x0, 1, 100)).toMatchObject({ fooled })
    expect(fooled).toBeGreaterThan(30)
    expect(fooled).toBeLessThan(70)
  })

  test('a sample for each sixteen gradients of the attack, at least one, at most ten', () => {
    expect([0, 1, 31, 32, 40, 160, 176, 1000].map(samplesFor)).toEqual([1, 1, 1, 2, 2, 10, 10, 10])
  })
})
