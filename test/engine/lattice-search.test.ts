import { describe, expect, test } from '@jest/globals'
import { exchange } from '../../src/engine/exchange.ts'
import { fewestLevels } from '../../src/engine/fewest-levels.ts'
import type { Job } from '../../src/engine/job.ts'
import { type Ground, nearestOnLattice } from '../../src/engine/lattice-search.ts'
import { type Measure, pixels, squares, values } from '../../src/engine/lattice-steps.ts'
import type { Probe } from '../../src/engine/probe.ts'
import { uniform } from '../support/values.ts'

// A linear lead, w · (z − x0) − least: what is nearest is then known.

const next = uniform(7)
const w = Float32Array.from({ length: 12 }, () => 2 * next() - 1)
const x0 = Uint8Array.from({ length: 12 }, (_, i) => [0, 255, 100][i % 3])

function ground(least: number, channels = 3): Ground & { asked: number } {
  return {
    x0,
    channels,
    asked: 0,
    async advantage(levels) {
      this.asked++
      return levels.reduce((lead, v, i) => lead + w[i] * (v - x0[i]), -least)
    },
    gradient: async () => w,
  }
}
/** The corner of the box that is most adversarial: far from nearest. */
const corner = x0.map((_, i) => (w[i] > 0 ? 255 : 0))
const clumsy = x0.map((v, i) => v + Math.round(0.6 * (corner[i] - v)))

/** The least number of whole steps that a linear lead needs, best first, each worth w_i for its cost. */
function leastL1(least: number): number {
  const room = x0.map((v, i) => Math.abs(corner[i] - v))
  const order = [...w.keys()].sort((a, b) => Math.abs(w[b]) - Math.abs(w[a]))
  let [levels, lead] = [0, 0]
  for (const i of order)
    for (let m = 0; m < room[i] && lead < least; m++) {
      lead += Math.abs(w[i])
      levels++
    }
  return levels
}

describe('exchange', () => {
  test.each<[string, Measure]>([
    ['L2', squares],
    ['L1', values],
    ['L0', pixels],
  ])('%s: gives an adversarial picture that is no farther, with few questions', async (_, measure) => {
    const at = ground(100)
    const found = await exchange(at, measure, clumsy)
    expect(await at.advantage(found)).toBeGreaterThanOrEqual(0)
    expect(measure.total(found, x0, 3)).toBeLessThan(measure.total(clumsy, x0, 3))
    expect(at.asked).toBeLessThan(500)
  })

  test('L1: reaches the least that a linear lead needs, to a hundredth', async () => {
    const found = await exchange(ground(150), values, clumsy)
    expect(values.total(found, x0, 3)).toBeLessThanOrEqual(Math.ceil(1.01 * leastL1(150)) + 1)
  })

  test('the measures are those of the distances', () => {
    const moved = x0.with(0, 3).with(4, 250).with(8, 90)
    expect(squares.total(moved, x0, 3)).toBe(9 + 25 + 100)
    expect(values.total(moved, x0, 3)).toBe(3 + 5 + 10)
    expect(pixels.total(moved, x0, 3)).toBe(1) // of four pixels: the three values lie in one
  })
})

describe('fewest levels', () => {
  const reach = (k: number): number =>
    x0.reduce((lead, v, i) => lead + Math.abs(w[i]) * Math.min(k, Math.abs(corner[i] - v)), 0)

  test.each([1, 2, 9])('%d levels where so many are needed', async k => {
    const least = (reach(k - 1) + reach(k)) / 2
    const found = await fewestLevels(
      ground(least),
      Float32Array.from(clumsy, v => v / 255),
    )
    expect(Math.max(...found!.map((v, i) => Math.abs(v - x0[i])))).toBe(k)
  })

  test('null where no picture is adversarial', async () => {
    expect(
      await fewestLevels(
        ground(reach(255) + 1),
        Float32Array.from(corner, v => v / 255),
      ),
    ).toBeNull()
  })
})

describe('L0', () => {
  test('a point that rounding takes back over the boundary is recolored, and no pixel more moves', async () => {
    // One value moved, by 40.4 levels; 40.3 are needed, so that 40 are not enough.
    const i = w.findIndex((v, k) => v > 0.2 && x0[k] === 100)
    const sign = new Float32Array(12).map((_, k) => w[k])
    const least = 40.3 * w[i]
    const lead = (x: Float32Array): number => x.reduce((sum, v, k) => sum + sign[k] * (255 * v - x0[k]), -least)
    const probe = {
      logits: async (x: Float32Array) => Float32Array.of(0, lead(x) + 1e-3 * Math.max(1, Math.abs(lead(x)))),
      margin: async () => ({ logits: Float32Array.of(0, 0), gradient: w }),
    } as unknown as Probe
    const job = { norm: 'l0', targeted: false, channels: 3, params: {} } as unknown as Job
    const x = Float32Array.from(x0, v => v / 255)
    x[i] += 40.4 / 255
    const found = await nearestOnLattice(probe, job, x0, 0, x)
    expect(pixels.total(found!, x0, 3)).toBe(1)
    expect(found!.reduce((sum, v, k) => sum + w[k] * (v - x0[k]), 0)).toBeGreaterThanOrEqual(least)
  })
})

test.each([
  ['l2', squares],
  ['l1', values],
  ['l0', pixels],
] as const)(
  '%s: a point nearer than any rounding can follow still leads to a picture, one step away',
  async (norm, measure) => {
    const least = 0.004 * w.reduce((sum, v) => sum + Math.abs(v), 0)
    const lead = (x: Float32Array): number => x.reduce((sum, v, k) => sum + w[k] * (255 * v - x0[k]), -least)
    const probe = {
      logits: async (x: Float32Array) => Float32Array.of(0, lead(x) + 1e-3 * Math.max(1, Math.abs(lead(x)))),
      margin: async () => ({ logits: Float32Array.of(0, 0), gradient: w }),
    } as unknown as Probe
    const job = { norm, targeted: false, channels: 3, params: {}, gradients: 1 } as unknown as Job
    const x = Float32Array.from(x0, (v, k) => (v + 0.005 * Math.sign(corner[k] - v)) / 255)
    const found = await nearestOnLattice(probe, job, x0, 0, x)
    expect(measure.total(found!, x0, 3)).toBe(1)
    expect(lead(Float32Array.from(found!, v => v / 255))).toBeGreaterThanOrEqual(0)
  },
)
