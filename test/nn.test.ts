import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../src/evaluate.ts'
import { grad } from '../src/grad.ts'
import { crossEntropy, margin } from '../src/nn.ts'
import { logSoftmax } from '../src/ops/softmax.ts'
import { N } from '../src/shape.ts'
import { input, type Tensor } from '../src/tensor.ts'
import { values } from './support/values.ts'

const K = 7
const BATCH = 20
const [z, y] = [input([N, K], 'logits'), input([N, K], 'y')]
const oneHot = Float64Array.from({ length: BATCH * K }, (_, i) => Number(i % K === (3 * Math.floor(i / K)) % K))
const run = (t: Tensor, logits: ArrayLike<number>, labels: ArrayLike<number> = oneHot): number[] => [
  ...evaluate(
    [t],
    new Map([
      [z, logits],
      [y, labels],
    ]),
    logits.length / K,
  )[0],
]

describe('cross entropy', () => {
  test.each([
    [-3, 3],
    [-40, 40],
    [995, 1005],
  ])('of logits in [%i, %i] is −log softmax, and its gradient p − y', (lo, hi) => {
    const logits = values([N, K], BATCH, lo, hi, 1)
    const plain = logSoftmax(z).mul(y).sum([1]).mul(-1)
    expect(crossEntropy(z, y).shape).toEqual([N, 1])
    const gap = (a: number[], b: number[]): number =>
      Math.max(...a.map((v, i) => Math.abs(v - b[i]) / Math.max(1, Math.abs(v))))
    expect(gap(run(crossEntropy(z, y), logits), run(plain, logits))).toBeLessThan(1e-12)
    const [own, other] = [grad(t => crossEntropy(t, y))(z), grad(() => plain)(z)]
    expect(gap(run(own, logits), run(other, logits))).toBeLessThan(1e-12)
  })

  test.each([5, 17, 50, 80])('keeps the direction of its gradient at a lead of %i', lead => {
    const logits = [lead, 2, 1, 0, -1, -2, -3]
    const label = [1, 0, 0, 0, 0, 0, 0]
    const others = logits.slice(1).map(Math.exp)
    const total = others.reduce((a, b) => a + b)
    const direction = [-1, ...others.map(e => e / total)]
    const g = run(grad(t => crossEntropy(t, y))(z), logits, label)
    for (const numbers of [g, Float32Array.from(g)])
      for (const [k, v] of direction.entries()) expect(numbers[k] / -numbers[0]).toBeCloseTo(v, 6)
    // J itself does not round to 0 either.
    const [j] = run(crossEntropy(z, y), logits, label)
    expect(Math.fround(j) / (Math.exp(-lead) * total)).toBeCloseTo(1, lead === 5 ? 1 : 6)
  })

  test.each([200, 5000])('has a direction that float32 holds even at a lead of %i', lead => {
    const g = run(grad(t => crossEntropy(t, y))(z), [lead, 0, 0, -1000, -1000, -1000, -1000], [1, 0, 0, 0, 0, 0, 0])
    const numbers = Float32Array.from(g)
    expect(numbers[0]).toBeLessThan(0)
    expect([...numbers].map(v => Math.abs(v / numbers[0]))).toEqual([1, 0.5, 0.5, 0, 0, 0, 0])
  })

  test('has the sign of a descent at the label and of an ascent elsewhere, also at a great deficit', () => {
    const g = run(grad(t => crossEntropy(t, y))(z), [-60, 1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0])
    expect(g[0]).toBeCloseTo(-1, 12)
    expect(g.reduce((a, b) => a + b)).toBeCloseTo(0, 12)
  })
})

test('the margin is above 0 exactly when another class wins', () => {
  const logits = values([N, K], BATCH, -5, 5, 2)
  const margins = run(margin(z, y), logits)
  for (let n = 0; n < BATCH; n++) {
    const row = [...logits.slice(n * K, (n + 1) * K)]
    const label = (3 * n) % K
    const best = Math.max(...row.filter((_, k) => k !== label))
    expect(margins[n]).toBeCloseTo(best - row[label], 12)
  }
  expect(run(margin(z, y), [1, 1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0])).toEqual([0])
})
