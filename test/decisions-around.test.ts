import { expect, test } from '@jest/globals'
import { decisionsAround } from '../src/decisions-around.ts'
import { limited } from '../src/queries.ts'
import { normals } from './support/values.ts'

const D = 50
const w = normals(D, 4)
const model = {
  logits: async (x: Float32Array) => Float32Array.of(x.reduce((sum, v, i) => sum + w[i] * (v - 0.5), 0)),
  lead: (z: Float32Array) => z[0],
}
const middle = new Float32Array(D).fill(0.5)

test('what fell where tells the slope: the adversarial ones lean up it', async () => {
  let seed = 0
  const random = (_: string, length: number) => Float32Array.from(normals(length, seed++))
  const queries = limited(model as unknown as Parameters<typeof limited>[0], 4000)
  const { share, all, adversarial } = await decisionsAround({ norm: 'l2', random }, queries, middle, 0.1, 2000)
  expect(queries.left()).toBe(2000)
  expect(Math.abs(share - 0.5)).toBeLessThan(0.05)
  const v = all.map((sum, i) => adversarial[i] - share * sum)
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0)
  expect(dot(v, w) / Math.sqrt(dot(v, v) * dot(w, w))).toBeGreaterThan(0.95)
})
