import { expect, test } from '@jest/globals'
import { limited } from '../src/queries.ts'
import { normals } from './support/values.ts'

const D = 50
const w = normals(D, 4)
const model = {
  logits: async (x: Float32Array) => Float32Array.of(x.reduce((sum, v, i) => sum + w[i] * (v - 0.5), 0)),
  lead: (z: Float32Array) => z[0],
}
const middle = new Float32Array(D).fill(0.5)
const up = middle.map((v, i) => v + 0.01 * w[i])
const down = middle.map((v, i) => v - 0.01 * w[i])

test('a point is adversarial or null, and null once the queries are spent', async () => {
  const queries = limited(model as unknown as Parameters<typeof limited>[0], 3)
  expect(await queries.adversarial(down)).toBeNull()
  expect((await queries.adversarial(up))!.x).toBe(up)
  expect(queries.left()).toBe(1)
  expect(await queries.adversarial(up)).not.toBeNull()
  expect(await queries.adversarial(up)).toBeNull()
})
