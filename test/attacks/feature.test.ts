import { expect, test } from '@jest/globals'
import feature from '../../attacks/feature.ts'
import type { Subject } from '../../src/attack.ts'
import { normals, uniform } from '../support/values.ts'

const [LENGTH, FEATURES, EPS] = [60, 8, 0.1]
const w = normals(FEATURES * LENGTH, 2)
const picture = (seed: number): Float32Array => {
  const next = uniform(seed)
  return Float32Array.from({ length: LENGTH }, () => next())
}
/** tanh of a linear map. */
const layerAt = (x: Float32Array): Float32Array =>
  Float32Array.from({ length: FEATURES }, (_, k) =>
    Math.tanh(x.reduce((sum, v, i) => sum + (w[k * LENGTH + i] * v) / 4, 0)),
  )
const [x0, guide] = [picture(1), picture(2)]

const subject: Subject = {
  x0,
  shape: [1, 6, 10],
  y: 0,
  targeted: false,
  classes: 2,
  norm: 'linf',
  eps: EPS,
  random: () => new Float32Array(0),
  logits: async () => Float32Array.of(1, 0),
  pullback: async () => {
    throw new Error('it climbs no class')
  },
  pullbacks: () => {
    throw new Error('it climbs no class')
  },
  layer: {
    guide,
    at: async x => layerAt(x),
    pullback: async (x, v) => {
      const a = layerAt(x)
      return x.map((_, i) => v.reduce((sum, weight, k) => sum + (weight * (1 - a[k] ** 2) * w[k * LENGTH + i]) / 4, 0))
    },
  },
  lead: () => -1,
}
const apart = (x: Float32Array): number => Math.hypot(...layerAt(x).map((v, k) => v - layerAt(guide)[k]))

/** Where very many small steps down the slope end. */
async function bySmallSteps(): Promise<Float32Array> {
  let x = x0
  for (let step = 0; step < 3000; step++) {
    const a = layerAt(x)
    const slope = await subject.layer!.pullback(
      x,
      a.map((v, k) => v - layerAt(guide)[k]),
    )
    x = x.map((v, i) => Math.min(Math.max(v - 0.01 * slope[i], x0[i] - EPS, 0), x0[i] + EPS, 1))
  }
  return x
}

test('comes nearer to the guide at the layer with each point, inside ball and box, as near as it gets there', async () => {
  const points: Float32Array[] = []
  for await (const { x } of feature.run!(subject, { ...feature.params })) points.push(x)
  for (const [k, x] of points.entries()) {
    if (k > 0) expect(apart(x)).toBeLessThan(apart(points[k - 1]))
    for (const [i, v] of x.entries()) {
      expect(v).toBeGreaterThanOrEqual(0)
      expect(v).toBeLessThanOrEqual(1)
      expect(Math.abs(v - x0[i])).toBeLessThanOrEqual(EPS + 1e-6)
    }
  }
  expect(apart(points.at(-1)!)).toBeLessThan(1.02 * apart(await bySmallSteps()))
})
