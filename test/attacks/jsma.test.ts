import { expect, test } from '@jest/globals'
import jsma from '../../attacks/jsma.ts'
import type { Point, Scores, Slope, Subject } from '../../src/attack.ts'
import { advantage, argmax, confidence } from '../../src/engine/decision.ts'
import { normals, uniform } from '../support/values.ts'

const [CLASSES, CHANNELS, SIDE] = [4, 3, 5]
const LENGTH = CHANNELS * SIDE * SIDE
const w = normals(CLASSES * LENGTH, 5)
const row = (k: number): Float64Array => w.subarray(k * LENGTH, (k + 1) * LENGTH)

/** A linear model, whose slopes are its weights; the later a class, the farther. */
const classify = (x: Float32Array): Float32Array =>
  Float32Array.from({ length: CLASSES }, (_, k) => row(k).reduce((sum, v, i) => sum + v * x[i], -8 * k))
const slope = (x: Float32Array, v: Float32Array, scores: Scores = 'logits'): Slope => {
  const logits = classify(x)
  const total = scores === 'logits' ? 0 : v.reduce((sum, weight) => sum + weight, 0)
  const weights = v.map((weight, k) => weight - total * confidence(logits, k))
  const gradient = Float32Array.from(x, (_, i) => weights.reduce((sum, weight, k) => sum + weight * row(k)[i], 0))
  return { logits, gradient }
}
const next = uniform(9)
const x0 = Float32Array.from({ length: LENGTH }, () => (next() < 0.2 ? 1 : next() < 0.2 ? 0 : next()))

const subject = (y: number, targeted: boolean): Subject => ({
  x0,
  shape: [CHANNELS, SIDE, SIDE],
  y,
  targeted,
  classes: CLASSES,
  norm: 'l0',
  eps: Infinity,
  random: () => {
    throw new Error('it draws nothing')
  },
  logits: async x => classify(x),
  pullback: async (x, v, scores) => slope(x, v, scores),
  async *pullbacks(x, vs, scores) {
    for (const v of vs) yield slope(x, v, scores)
  },
  layer: null,
  lead: logits => advantage(logits, y, targeted),
})

async function walked(
  y: number,
  targeted: boolean,
  params: Readonly<Record<string, number | string>>,
): Promise<Point[]> {
  const points: Point[] = []
  for await (const { x, logits } of jsma.run!(subject(y, targeted), { ...jsma.params, gamma: 1, ...params }))
    points.push({ x: x.slice(), logits })
  return points
}
const moved = (a: Float32Array, b: Float32Array): number[] => [...a.keys()].filter(i => a[i] !== b[i])

const label = argmax(classify(x0))
const target = CLASSES - 1
const others = [...Array(CLASSES).keys()].filter(k => k !== target)

test.each([1, 0.1, -1, -0.1])('with θ = %d each step moves the pair that brute force finds', async theta => {
  const points = await walked(target, true, { theta, scores: 'logits' })
  expect(points.length).toBeGreaterThan(2)
  const sign = Math.sign(theta)
  const slopes = (i: number): readonly [number, number] => [
    sign * row(target)[i],
    -sign * others.reduce((sum, k) => sum + row(k)[i], 0),
  ]
  for (const [k, { x }] of points.entries()) {
    if (k === 0) continue
    const before = points[k - 1].x
    const free = [...before.keys()].filter(i => (theta > 0 ? before[i] < 1 : before[i] > 0))
    const score = (p: number, q: number): number => {
      const [a, b] = [slopes(p)[0] + slopes(q)[0], slopes(p)[1] + slopes(q)[1]]
      return a > 0 && b > 0 ? a * b : 0
    }
    const best = Math.max(...free.flatMap(p => free.map(q => (q === p ? 0 : score(p, q)))))
    const pair = moved(x, before)
    expect(pair).toHaveLength(2)
    expect(score(pair[0], pair[1])).toBeCloseTo(best, 4)
    for (const i of pair) expect(x[i]).toBeCloseTo(Math.min(Math.max(before[i] + theta, 0), 1), 6)
  }
})

test('of the softmax it is the two steepest values that move', async () => {
  const points = await walked(target, true, { scores: 'softmax' })
  const z = classify(x0)
  const total = z.reduce((sum, v) => sum + Math.exp(v), 0)
  const steepness = (i: number): number =>
    row(target)[i] - z.reduce((sum, v, k) => sum + (Math.exp(v) / total) * row(k)[i], 0)
  const steepest = [...x0.keys()].filter(i => x0[i] < 1).sort((a, b) => steepness(b) - steepness(a))
  expect(moved(points[1].x, x0)).toEqual(steepest.slice(0, 2).sort((a, b) => a - b))
})

test('a pixel moves all of its channels', async () => {
  const points = await walked(target, true, { features: 'pixels' })
  const pixels = new Set(moved(points[1].x, x0).map(i => i % (SIDE * SIDE)))
  expect(pixels.size).toBe(2)
  for (const p of pixels) for (let c = 0; c < CHANNELS; c++) expect(points[1].x[p + c * SIDE * SIDE]).toBe(1)
})

test('no more than the share γ of the features changes', async () => {
  const most = async (gamma: number): Promise<number> => {
    const points = await walked(target, true, { theta: 0.1, gamma })
    return Math.max(...points.map(({ x }) => moved(x, x0).length))
  }
  const needed = await most(1)
  expect(needed).toBeGreaterThan(2)
  expect(await most((needed - 0.5) / LENGTH)).toBeLessThan(needed)
  expect(await most(needed / LENGTH)).toBe(needed)
})

test('untargeted, the best of all classes changes no more than the runner-up', async () => {
  const fewest = async (candidates: number): Promise<number> => {
    const points = await walked(label, false, { candidates })
    return Math.min(...points.filter(({ logits }) => argmax(logits) !== label).map(({ x }) => moved(x, x0).length))
  }
  expect(await fewest(CLASSES)).toBeLessThanOrEqual(await fewest(2))
  expect(await fewest(2)).toBeLessThan(Infinity)
})
