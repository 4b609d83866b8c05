import { describe, expect, test } from '@jest/globals'
import { loadDefense } from '../../src/engine/registry.ts'
import { evaluate } from '../../src/evaluate.ts'
import { type Batch, backward, conv, crossEntropy, type Model } from '../../src/index.ts'
import { NORMS, type NormName } from '../../src/norms.ts'
import { relu, tanh } from '../../src/ops/elementwise.ts'
import { maxPool } from '../../src/ops/pool.ts'
import { reshape } from '../../src/ops/shape.ts'
import type { Params } from '../../src/params.ts'
import { type Draw, fill, generator, recorder } from '../../src/random.ts'
import { constant, input, type Tensor } from '../../src/tensor.ts'
import { byBatch } from '../support/by-batch.ts'
import { type Feeds, relativeError, slopes } from '../support/derivative.ts'
import { normals, values } from '../support/values.ts'

// What each objective is, against its formula written out in numbers, and its gradient to the weights by differences.

const [B, K] = [3, 4]
const SHAPE = [B, 2, 6, 6]
const [x, point] = ['x', 'point'].map(name => input(SHAPE, name))
const y = input([B, K], 'y')
const kernel = input([3, 2, 3, 3], 'kernel')
const second = input([3, 3, 3, 3], 'second')
const matrix = input([12, K], 'matrix')
const weights = [kernel, second, matrix]

/** Convolutions, one strided, normalised by the batch, ReLU, a pooling and a product. */
function net(at: Tensor): Tensor {
  const first = relu(byBatch(conv(at, kernel, { pads: [1, 1, 1, 1] })))
  const next = tanh(conv(first, second, { strides: [2, 2], pads: [1, 1, 1, 1] }))
  return reshape(maxPool(next, { kernel: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] }), [
    B,
    12,
  ]).matmul(matrix)
}
const model: Model = { train: at => ({ logits: net(at), auxiliary: [] }), evaluate: net }
const z0 = constant(Float32Array.from(normals(B * K, 9)), [B, K])

async function lessonOf(name: string, norm: NormName, params: Params) {
  const { defense } = await loadDefense(name)
  const lesson = { norm: NORMS[norm], eps: 0.1, before: () => z0 }
  const objective = defense.teach!(lesson, { ...defense.params, ...params })
  const { random, draws } = recorder()
  const batch: Batch = { model, x, y, numbers: { eps: constant(0.1) }, random }
  return { objective, batch, draws }
}

const picture = values(SHAPE, 1, 0.2, 0.8, 1)
const feeds: Feeds = new Map<Tensor, Float64Array>([
  [x, picture],
  [point, picture.map((v, i) => v + 0.1 * Math.sin(i))],
  [y, Float64Array.from({ length: B * K }, (_, i) => Number(i % K === Math.floor(i / K)))],
  ...weights.map(
    (w, i) =>
      [
        w,
        normals(
          w.shape.reduce((a, b) => a * b),
          20 + i,
        ).map(v => v / 2),
      ] as const,
  ),
])
const numberOf = (t: Tensor): number => evaluate([t], feeds)[0][0]
const rowsOf = (t: Tensor): number[][] => {
  const all = [...evaluate([t], feeds)[0]]
  return Array.from({ length: B }, (_, i) => all.slice((i * all.length) / B, ((i + 1) * all.length) / B))
}
const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length
const softmax = (row: readonly number[], temperature = 1): number[] => {
  const powers = row.map(z => Math.exp(z / temperature))
  const total = powers.reduce((a, b) => a + b, 0)
  return powers.map(p => p / total)
}
const J = (at: Tensor): number => mean(rowsOf(net(at)).map((row, i) => -Math.log(softmax(row)[i])))
const slopesAt = (at: Tensor): number[][] => rowsOf(backward(crossEntropy(net(at), y).sum(), [at])[0])
const kl = (p: readonly number[], q: readonly number[]): number =>
  p.reduce((sum, v, k) => sum + v * Math.log(v / q[k]), 0)

const OBJECTIVES: readonly [string, string, NormName, Params, () => number][] = [
  ["Madry's", 'adversarial-training', 'linf', {}, () => J(point)],
  ["Goodfellow's mix", 'adversarial-training', 'linf', { clean: 0.3 }, () => 0.3 * J(x) + 0.7 * J(point)],
  [
    'TRADES',
    'trades',
    'linf',
    { beta: 2 },
    () => {
      const [p, q] = [x, point].map(at => rowsOf(net(at)).map(row => softmax(row)))
      return J(x) + 2 * mean(p.map((row, i) => kl(row, q[i])))
    },
  ],
  [
    'squared L2 of the gradient',
    'gradient-regularization',
    'l2',
    { lambda: 0.5 },
    () => J(x) + 0.5 * mean(slopesAt(x).map(row => row.reduce((sum, g) => sum + g * g, 0))),
  ],
  [
    'L2 of the gradient',
    'gradient-regularization',
    'l2',
    { lambda: 3, power: 1 },
    () => J(x) + 3 * mean(slopesAt(x).map(row => Math.hypot(...row))),
  ],
  [
    'L1 of the gradient, for Linf',
    'gradient-regularization',
    'linf',
    { lambda: 3, power: 1 },
    () => J(x) + 3 * mean(slopesAt(x).map(row => row.reduce((sum, g) => sum + Math.abs(g), 0))),
  ],
  [
    'the largest of the gradient squared, for L1',
    'gradient-regularization',
    'l1',
    { lambda: 3, power: 2 },
    () => J(x) + 3 * mean(slopesAt(x).map(row => Math.max(...row.map(Math.abs)) ** 2)),
  ],
  [
    'smoothed labels',
    'label-smoothing',
    'l2',
    { smoothing: 0.2 },
    () => {
      const logs = rowsOf(net(x)).map(row => softmax(row).map(Math.log))
      return mean(logs.map((row, i) => -0.8 * row[i] - 0.2 * mean(row)))
    },
  ],
  [
    'distillation',
    'distillation',
    'l2',
    { temperature: 5 },
    () => {
      const soft = rowsOf(z0).map(row => softmax(row))
      return mean(
        rowsOf(net(x)).map((row, i) => -softmax(row, 5).reduce((sum, q, k) => sum + soft[i][k] * Math.log(q), 0)),
      )
    },
  ],
]

describe.each(OBJECTIVES)('%s', (_, name, norm, params, formula) => {
  test('is its formula', async () => {
    const { objective, batch } = await lessonOf(name, norm, params)
    expect(numberOf(objective.loss({ ...batch, point }).loss)).toBeCloseTo(formula(), 6)
  })

  test('has the gradient to the weights that differences say', async () => {
    const { objective, batch } = await lessonOf(name, norm, params)
    const loss = reshape(objective.loss({ ...batch, point }).loss, [])
    const along = new Map(weights.map((w, i) => [w, normals(feeds.get(w)!.length, 40 + i)]))
    expect(relativeError(slopes(loss, feeds, along, 1, 1e-6))).toBeLessThan(1e-5)
  })
})

describe.each<[string, NormName]>([
  ['adversarial-training', 'linf'],
  ['adversarial-training', 'l2'],
  ['trades', 'linf'],
  ['trades', 'l2'],
])('the adversary of %s in %s', (name, norm) => {
  /** What it climbs. */
  const climbed = (at: Float64Array): number => {
    const moved = new Map([...feeds, [x, at]])
    if (name !== 'trades') return evaluate([crossEntropy(net(x), y).mean()], moved)[0][0]
    const [p, q] = [feeds, moved].map(given => softmax([...evaluate([net(x)], given)[0]].slice(0, K)))
    return kl(p, q)
  }

  test('stays in ball and box, and climbs', async () => {
    const { objective, batch, draws } = await lessonOf(name, norm, { steps: 5 })
    const run = (t: Tensor, at: Float64Array): Float64Array => {
      const drawn = draws.map(({ tensor, distribution }: Draw, i): [Tensor, Float64Array] => {
        const numbers = new Float32Array(tensor.shape.reduce((a, b) => a * b))
        fill(numbers, distribution, generator(Uint32Array.of(1, 2, 3, i)))
        return [tensor, Float64Array.from(numbers)]
      })
      return evaluate([t], new Map([...feeds, ...drawn, [point, at]]))[0]
    }
    const { inner } = objective
    const first = run(inner!.start(batch), picture)
    let at = first
    const next = inner!.step(point, batch)
    for (let step = 0; step < inner!.steps; step++) at = run(next, at)
    const delta = at.map((v, i) => v - picture[i])
    const rows = Array.from({ length: B }, (_, i) => [
      ...delta.subarray((i * delta.length) / B, ((i + 1) * delta.length) / B),
    ])
    for (const row of rows)
      expect(norm === 'l2' ? Math.hypot(...row) : Math.max(...row.map(Math.abs))).toBeLessThan(0.1 + 1e-6)
    expect(Math.min(...at)).toBeGreaterThanOrEqual(0)
    expect(climbed(at)).toBeGreaterThan(climbed(first) + 0.01)
  })
})

test('a budget that rises does so in its epochs, and then stays', async () => {
  const { objective } = await lessonOf('adversarial-training', 'linf', { ramp: 2 })
  const eps = (step: number): number => objective.numbers!.eps({ step, steps: 100, perEpoch: 10 })
  expect([0, 9, 19, 50].map(eps).map(v => Number(v.toFixed(6)))).toEqual([0.005, 0.05, 0.1, 0.1])
})
