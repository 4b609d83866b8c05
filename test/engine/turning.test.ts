import { expect, test } from '@jest/globals'
import type { Ground } from '../../src/engine/lattice-search.ts'
import { squares } from '../../src/engine/lattice-steps.ts'
import { along, turned } from '../../src/engine/turning.ts'
import { normals } from '../support/values.ts'

const D = 600
const x0 = Uint8Array.from({ length: D }, (_, i) => [0, 255, 100, 128, 30][i % 5])
const w = Float32Array.from(normals(D, 3))
const total = (levels: Uint8Array): number => squares.total(levels, x0, 1)
const dot = (levels: Uint8Array): number => levels.reduce((sum, v, i) => sum + w[i] * (v - x0[i]), 0)

/** A lead of w · (z − x0) − least, bent by `curvature` times the squared distance. */
function ground(least: number, curvature = 0): Ground & { asked: number; gradients: number } {
  return {
    x0,
    channels: 1,
    asked: 0,
    gradients: 0,
    async advantage(levels) {
      this.asked++
      return dot(levels) - least - curvature * total(levels)
    },
    async gradient(levels) {
      this.gradients++
      return w.map((v, i) => v - 2 * curvature * (levels[i] - x0[i]))
    },
  }
}

/** Everything moves by the same, towards the adversary: adversarial, and far. */
const way = Float32Array.from(w, v => Math.sign(v))
const start = along(x0, way, 6)

test('a linear lead: as near as the roundings of multiples of its gradient are, nearly', async () => {
  const least = 0.5 * dot(start)
  const at = ground(least)
  const found = await turned(at, way, start)
  expect(await at.advantage(found)).toBeGreaterThanOrEqual(0)
  let s = 0
  while (dot(along(x0, w, s)) < least) s += 0.001
  expect(total(found)).toBeLessThan(1.06 * total(along(x0, w, s)))
  expect(total(found)).toBeLessThan(0.3 * total(start))
  expect(at.gradients).toBeLessThanOrEqual(12)
  expect(at.asked).toBeLessThanOrEqual(1 + 12 * 6)
})

test('a bent lead: no picture that it gives is farther than the first, and all are adversarial', async () => {
  const at = ground(0.3 * dot(start), 0.01)
  const found = await turned(at, way, start)
  expect(await at.advantage(found)).toBeGreaterThanOrEqual(0)
  expect(total(found)).toBeLessThan(total(start))
})

test('what is nearest already comes back, after a few looks', async () => {
  const least = w.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
  const i = w.findIndex(v => Math.abs(v) === least)
  const nearest = along(
    x0,
    w.map((v, k) => (k === i ? Math.sign(v) : 0)),
    1,
  )
  const at = ground(Math.abs(dot(nearest)))
  expect(await turned(at, w, nearest)).toEqual(nearest)
  expect(at.gradients).toBe(3)
})
