import { describe, expect, test } from '@jest/globals'
import { distances, inside, intoBall, levelsOf, nearest, toUnit, upwards, usableEps } from '../../src/engine/lattice.ts'
import { uniform } from '../support/values.ts'

const picture = (length: number, seed: number): Uint8Array => {
  const next = uniform(seed)
  return Uint8Array.from({ length }, () => Math.floor(next() * 256))
}

test('distances are quotients of integers, and l0 counts pixels', () => {
  const a = Uint8Array.of(10, 20, 30, 40, 50, 60) // two pixels of three channels, planar
  const b = Uint8Array.of(13, 20, 30, 40, 46, 60)
  expect(distances(a, b, 3)).toEqual({ linf: 4 / 255, l2: 5 / 255, l1: 7 / 255, l0: 1 })
  expect(distances(a, b, 1)).toEqual({ linf: 4 / 255, l2: 5 / 255, l1: 7 / 255, l0: 2 })
})

test.each([
  [8 / 255, 8],
  [0.1, 25],
  [0.0314, 8],
  [1 / 255, 1],
  [0.9999 / 255, 0],
  [1, 255],
])('eps %d allows %i levels', (eps, levels) => {
  expect(levelsOf(eps)).toBe(levels)
  expect(usableEps('linf', eps)).toBe(levels / 255)
  expect(usableEps('l2', eps)).toBe(eps)
})

test('every level survives the way to [0, 1] in float32 and back', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i)
  expect(nearest(toUnit(all))).toEqual(all)
  expect(upwards(toUnit(all), new Float32Array(256).fill(-1))).toEqual(all)
})

test('upwards rounds up the gradient, and values out of the box come back', () => {
  const x = Float32Array.of(10.4 / 255, 10.4 / 255, 10.4 / 255, -0.1, 1.1)
  expect(upwards(x, Float32Array.of(1, -1, 0, -1, 1))).toEqual(Uint8Array.of(11, 10, 10, 0, 255))
})

describe.each([
  ['linf', 3.5 / 255],
  ['l2', 0.3],
  ['l2', 1e-3],
  ['l1', 2],
] as const)('intoBall, %s at %d', (norm, eps) => {
  const x0 = picture(300, 1)
  const x = picture(300, 2)
  const next = uniform(3)
  const gradient = Float32Array.from(x, (v, i) => (next() - 0.3) * Math.sign(v - x0[i]))
  const back = intoBall(x, x0, gradient, norm, eps)

  test('ends inside, on the way from x to x0', () => {
    expect(inside(norm, eps, distances(back, x0, 3))).toBe(true)
    for (const [i, v] of back.entries()) {
      expect(v).toBeGreaterThanOrEqual(Math.min(x[i], x0[i]))
      expect(v).toBeLessThanOrEqual(Math.max(x[i], x0[i]))
    }
  })

  test('uses the budget: one more level of some value would leave the ball', () => {
    if (norm === 'linf') return expect(distances(back, x0, 3).linf).toBe(3 / 255)
    const { l1, l2 } = distances(back, x0, 3)
    const least =
      norm === 'l1'
        ? l1 + 1 / 255
        : Math.sqrt((255 * l2) ** 2 + 2 * Math.max(...back.map((v, i) => Math.abs(v - x0[i]))) + 1) / 255
    expect(least).toBeGreaterThan(eps)
  })

  test('what is inside already stays', () => {
    expect(intoBall(back, x0, gradient, norm, eps)).toEqual(back)
  })
})

test('intoBall gives up the levels of least gradient for their cost', () => {
  const x0 = new Uint8Array(4).fill(100)
  const x = Uint8Array.of(101, 101, 99, 101)
  const gradient = Float32Array.of(0.5, 2, -1, -3) // the last level lowers the loss
  expect(intoBall(x, x0, gradient, 'l1', 2 / 255)).toEqual(Uint8Array.of(100, 101, 99, 100))
  expect(intoBall(x, x0, gradient, 'l2', Math.sqrt(3) / 255)).toEqual(Uint8Array.of(101, 101, 99, 100))
})
