import { afterAll, describe, expect, test } from '@jest/globals'
import { evaluate } from '../../../../src/evaluate.ts'
import { cpu } from '../../../../src/exec/ort/cpu.ts'
import { lower } from '../../../../src/exec/ort/lower.ts'
import { backward } from '../../../../src/grad.ts'
import { toposort } from '../../../../src/graph.ts'
import { forBatches } from '../../../../src/network.ts'
import { normaliseByBatch } from '../../../../src/ops/batch-norm.ts'
import { conv } from '../../../../src/ops/conv.ts'
import { relu } from '../../../../src/ops/elementwise.ts'
import { input, type Tensor } from '../../../../src/tensor.ts'
import { trainable } from '../../../../src/train/trainable.ts'
import { normals, values } from '../../../support/values.ts'
import { randomNet } from './random-net.ts'

// Weights as inputs, gradients to them: what training runs.

const NETS = Number(process.env.NETS ?? 25)
const BATCH = 16
const executor = cpu()
afterAll(() => executor.close())

interface Graph {
  readonly feeds: ReadonlyMap<Tensor, Float64Array>
  readonly outputs: readonly Tensor[]
}

/** A loss of a random net and its gradient to every weight. */
function ofRandomNet(seed: number): Graph & { readonly layers: readonly string[] } {
  const { x, logits, layers } = randomNet(seed, 5)
  const { network } = trainable(x, logits)
  const { input: pictures, logits: scores } = forBatches(network, BATCH)
  const cotangent = input(scores.shape, 'cotangent')
  const loss = scores.mul(cotangent).sum()
  const feeds = new Map<Tensor, Float64Array>([
    [pictures, values(pictures.shape, BATCH, -1, 1, seed)],
    [cotangent, normals(BATCH * scores.shape[1], seed)],
    ...network.weights.map(({ tensor, start }) => [tensor, Float64Array.from(start)] as const),
  ])
  const gradients = backward(
    loss,
    network.weights.map(({ tensor }) => tensor),
  )
  return { layers, feeds, outputs: [scores, ...gradients] }
}

/** Convolutions with batch normalisations and activations between them, a shortcut around the second, and all gradients. */
function ofNormalised(channels: number, stride: number, group: number): Graph {
  const lengths: readonly (readonly number[])[] = [
    [BATCH, 3, 9, 7],
    [channels, 3, 3, 3],
    [channels, channels / group, 3, 3],
    ...Array.from({ length: 4 }, () => [channels]),
  ]
  const [x, w1, w2, ...figures] = lengths.map((shape, i) => input(shape, `t${i}`))
  const first = relu(normaliseByBatch(conv(x, w1, { pads: [1, 1, 1, 1] }), figures[0], figures[1], { epsilon: 1e-5 }))
  const second = conv(first, w2, { pads: [1, 1, 1, 1], strides: [stride, stride], group })
  const normed = normaliseByBatch(second, figures[2], figures[3], { epsilon: 1e-5 })
  const y = relu(stride === 1 ? normed.add(first) : normed)
  const along = input(y.shape, 'along')
  const all = [x, w1, w2, ...figures]
  return {
    outputs: [y, ...backward(y.mul(along).sum(), all)],
    feeds: new Map(
      [...all, along].map((t, i) => [
        t,
        normals(
          t.shape.reduce((a, b) => a * b),
          i,
        ),
      ]),
    ),
  }
}

const apart = (a: ArrayLike<number>, b: Float64Array): number =>
  a.length === b.length ? Math.hypot(...b.map((v, i) => a[i] - v)) / Math.max(Math.hypot(...b), 1e-9) : Infinity

const cases: [channels: number, stride: number, group: number][] = [
  [16, 1, 1],
  [20, 1, 1],
  [16, 2, 1],
  [32, 1, 32],
  [20, 2, 20],
]

describe.each([8, 16])('in blocks of %i, by reference kernels in float64', size => {
  let blocked = 0
  afterAll(() => expect(blocked).toBeGreaterThan(2 * NETS))
  const check = ({ feeds, outputs }: Graph): number => {
    const laid = lower(outputs, size)
    blocked += toposort(laid).filter(({ op }) => op.name === 'blockedConv').length
    const [wanted, got] = [evaluate(outputs, feeds, BATCH), evaluate(laid, feeds, BATCH)]
    return Math.max(...wanted.map((w, i) => apart(got[i], w)))
  }
  test.each(Array.from({ length: NETS }, (_, seed) => seed))('random net %i', seed => {
    const net = ofRandomNet(seed)
    expect({ layers: net.layers, error: check(net) < 1e-5 }).toEqual({ layers: net.layers, error: true })
  })
  test.each(cases)('batch normalisation, %i channels, stride %i, %i groups', (...given) => {
    expect(check(ofNormalised(...given))).toBeLessThan(1e-5) // constants are rounded to float32
  })
})

describe('on ONNX Runtime', () => {
  test.each(cases)('batch normalisation, %i channels, stride %i, %i groups', async (...given) => {
    const { feeds, outputs } = ofNormalised(...given)
    const inputs = Object.fromEntries([...feeds.keys()].map(t => [t.attrs.name as string, t]))
    const artifact = await executor.compile({
      inputs,
      outputs: Object.fromEntries(outputs.map((t, i) => [`y${i}`, t])),
    })
    const program = await executor.open(artifact, 2)
    const fed = Object.fromEntries([...feeds].map(([t, v]) => [t.attrs.name as string, Float32Array.from(v)]))
    const got = await program.run(fed, BATCH)
    await program.close()
    const rounded = new Map([...feeds].map(([t, v]) => [t, Float64Array.from(v, Math.fround)]))
    const wanted = evaluate(outputs, rounded, BATCH)
    for (const [i, w] of wanted.entries()) expect(apart(got[`y${i}`], w)).toBeLessThan(2e-5)
  })
})
