import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../src/evaluate.ts'
import { grad } from '../src/grad.ts'
import { crossEntropy, dlr, logOdds, margin, targetedDlr } from '../src/nn.ts'
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

test('the log-odds grow with the cross-entropy, also where float32 rounds that to 0', () => {
  const logits = values([N, K], BATCH, -3, 3, 2)
  const [odds, loss] = [run(logOdds(z, y), logits), run(crossEntropy(z, y), logits)]
  for (const [n, v] of odds.entries()) expect(Math.log1p(Math.exp(v))).toBeCloseTo(loss[n], 12)
  const label = [1, 0, 0, 0, 0, 0, 0]
  const [far, farther] = [80, 81].map(lead => Math.fround(run(logOdds(z, y), [lead, 0, 0, 0, 0, 0, 0], label)[0]))
  expect(farther).toBeLessThan(far)
})

describe('the difference of logits ratio', () => {
  const [a, b] = [input([N, K], 'logits'), input([N, K], 'aim')]
  const logits = values([N, K], BATCH, -5, 5, 3)
  const aims = Float64Array.from({ length: BATCH * K }, (_, i) => Number(i % K === (3 * Math.floor(i / K) + 2) % K))
  const rows = (data: ArrayLike<number>): number[][] =>
    Array.from({ length: BATCH }, (_, n) => Array.from(data).slice(n * K, (n + 1) * K))
  const given = (z: ArrayLike<number>) =>
    new Map([
      [a, z],
      [y, oneHot],
      [b, aims],
    ] as [Tensor, ArrayLike<number>][])

  test('is the margin over the spread of the largest three, and no scale of the logits changes it', () => {
    const [ratio] = evaluate([dlr(a, y)], given(logits), BATCH)
    for (const [n, z] of rows(logits).entries()) {
      const own = (3 * n) % K
      const sorted = [...z].sort((p, q) => q - p)
      const other = Math.max(...z.filter((_, k) => k !== own))
      expect(ratio[n]).toBeCloseTo((other - z[own]) / (sorted[0] - sorted[2]), 10)
    }
    const [scaled] = evaluate([dlr(a, y)], given(logits.map(v => 7 * v)), BATCH)
    for (const [n, v] of scaled.entries()) expect(v).toBeCloseTo(ratio[n], 10)
  })

  test('towards a class is its lead over the label, over the first less the mean of the third and fourth', () => {
    const [ratio] = evaluate([targetedDlr(a, y, b)], given(logits), BATCH)
    for (const [n, z] of rows(logits).entries()) {
      const [own, aim] = [(3 * n) % K, (3 * n + 2) % K]
      const sorted = [...z].sort((p, q) => q - p)
      expect(ratio[n]).toBeCloseTo((z[aim] - z[own]) / (sorted[0] - (sorted[2] + sorted[3]) / 2), 10)
    }
  })

  test.each([
    [2, 1, 1],
    [3, 1 / 3, 1 / 3],
    [4, 1 / 3, 1 / 3.5],
  ])('of %i classes', (classes, untargeted, targeted) => {
    const [z, own, aim] = [input([N, classes], 'z'), input([N, classes], 'own'), input([N, classes], 'aim')]
    const feeds = new Map([
      [z, [2, 1, -1, -2].slice(0, classes)],
      [own, [0, 1, 0, 0].slice(0, classes)],
      [aim, [1, 0, 0, 0].slice(0, classes)],
    ])
    const [a, b] = evaluate([dlr(z, own), targetedDlr(z, own, aim)], feeds, 1)
    expect([a[0], b[0]]).toEqual([untargeted, targeted])
  })
})
