import { expect, test } from '@jest/globals'
import { type Box, descend, type Objective } from '../src/descend.ts'
import { normals } from './support/values.ts'

interface Value {
  readonly value: number
}
const within = (low: number, high: number, length: number): Box => ({
  low: new Float32Array(length).fill(low),
  high: new Float32Array(length).fill(high),
})

async function ends(objective: Objective<Value>, start: Float32Array, box: Box, steps: number) {
  const points: (Value & { readonly x: Float32Array })[] = []
  for await (const point of descend(objective, start, box, steps)) points.push(point)
  return points
}

/** Σ aᵢ (xᵢ − bᵢ)², whose least value in a box is at b clipped to it. */
function valley(a: ArrayLike<number>, b: ArrayLike<number>) {
  const asked = { values: 0, gradients: 0 }
  const objective: Objective<Value> = {
    async at(x) {
      asked.values++
      return { value: x.reduce((sum, v, i) => sum + a[i] * (v - b[i]) ** 2, 0) }
    },
    async gradient(x) {
      asked.gradients++
      return x.map((v, i) => 2 * a[i] * (v - b[i]))
    },
  }
  return { objective, asked }
}

const LENGTH = 40
const steepness = Array.from({ length: LENGTH }, (_, i) => 10 ** (-1 + (3 * i) / LENGTH))

test('finds the least point of a narrow valley, in the box too', async () => {
  const middle = normals(LENGTH, 3)
  for (const [low, high] of [
    [-9, 9],
    [-0.5, 0.7],
    [0, 1],
  ]) {
    const { objective } = valley(steepness, middle)
    const points = await ends(objective, new Float32Array(LENGTH).fill(0.25), within(low, high, LENGTH), 200)
    const least = await objective.at(Float32Array.from(middle, v => Math.min(Math.max(v, low), high)))
    expect(points.at(-1)!.value - least.value).toBeLessThan(1e-5 * points[0].value)
    for (const point of points) expect(point.x.every(v => v >= low && v <= high)).toBe(true)
  }
})

test('bends around a corner where steepest descent creeps', async () => {
  const rosenbrock: Objective<Value> = {
    at: async ([u, v]) => ({ value: (1 - u) ** 2 + 100 * (v - u * u) ** 2 }),
    gradient: async ([u, v]) => Float32Array.of(-2 * (1 - u) - 400 * u * (v - u * u), 200 * (v - u * u)),
  }
  const points = await ends(rosenbrock, Float32Array.of(-1.2, 1), within(-2, 2, 2), 100)
  expect(points.at(-1)!.value).toBeLessThan(1e-4)
})

test('the value falls from point to point, and no more is asked than allowed', async () => {
  const { objective, asked } = valley(steepness, normals(LENGTH, 4))
  const points = await ends(objective, new Float32Array(LENGTH), within(-1, 1, LENGTH), 12)
  for (const [k, { value }] of points.entries()) if (k > 0) expect(value).toBeLessThan(points[k - 1].value)
  expect(asked.values).toBeLessThanOrEqual(12)
  expect(asked.gradients).toBeLessThanOrEqual(points.length)
})

test('ends where nothing is to be gained: at the least point, and in a corner of the box', async () => {
  const { objective, asked } = valley([1, 1], [0, 0])
  expect(await ends(objective, Float32Array.of(0, 0), within(-1, 1, 2), 50)).toHaveLength(1)
  expect(await ends(objective, Float32Array.of(0.5, 0.5), within(0.5, 1, 2), 50)).toHaveLength(1)
  expect(asked.values).toBe(2)
})
