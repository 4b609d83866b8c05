import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from '@jest/globals'
import { evaluate } from '../../src/evaluate.ts'
import type { Executor } from '../../src/exec/executor.ts'
import { machineOf } from '../../src/exec/machine.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { reference } from '../../src/exec/reference.ts'
import { backward } from '../../src/grad.ts'
import { Layers, pooled } from '../../src/models/architectures/layers.ts'
import { forBatches, type Network } from '../../src/network.ts'
import { crossEntropy, smoothed } from '../../src/objective.ts'
import { clip, relu } from '../../src/ops/elementwise.ts'
import { averagePool, maxPool } from '../../src/ops/pool.ts'
import { concat } from '../../src/ops/slice.ts'
import { recorder } from '../../src/random.ts'
import { N } from '../../src/shape.ts'
import { input, type Tensor } from '../../src/tensor.ts'
import { modelOf } from '../../src/train/model.ts'
import { type OptimizerName, optimizer } from '../../src/train/optimizer.ts'
import { stepsOf } from '../../src/train/step.ts'

// Against PyTorch: see make-steps.py.
const [STEPS, BATCH, CLASSES, SHARE] = [10, 8, 4, 0.3]
type Figures = Readonly<Record<string, readonly number[]>>
interface Run {
  readonly losses: readonly number[]
  readonly after: Figures
  readonly gradient?: Figures
}
const runs: Readonly<Record<string, Run>> = JSON.parse(readFileSync('test/train/steps.json', 'utf8'))

function wave(length: number, seed: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    const x = Math.sin(i * 12.9898 + seed * 78.233) * 43758.5453
    return x - Math.floor(x)
  })
}

/** The network of make-steps.py; names as PyTorch has them. */
function net({ auxiliary = false } = {}): Network {
  const layers = new Layers(0, {
    conv: shape => new Float32Array(shape.reduce((a, b) => a * b)),
    linear: shape => new Float32Array(shape[0] * shape[1]),
  })
  const pictures = input([N, 1, 10, 12], 'x')
  const window = (stride: number) =>
    ({ kernel: [3, 3], strides: [stride, stride], pads: [1, 1, 1, 1], dilations: [1, 1] }) as const
  const conv = (name: string, x: Tensor, channels: number, more: object): Tensor =>
    layers.conv(name, x, { channels, kernel: 3, ...more })
  let x = relu(layers.batchNorm('stem_bn', conv('stem', pictures, 8, {})))
  x = clip(layers.batchNorm('deep_bn', conv('deep', x, 8, { group: 8 })), 0, 6).add(x)
  x = averagePool(maxPool(x, window(2)), window(1))
  const left = conv('left', x, 6, { kernel: [1, 3], stride: 2, bias: true })
  const right = conv('right', x, 6, { kernel: 1, stride: 2, bias: true })
  const logits = layers.linear('linear', pooled(concat([left, relu(right)], 1)), CLASSES)
  const heads = auxiliary ? [{ logits: layers.linear('auxiliary', pooled(x), CLASSES), share: SHARE }] : []
  const weights = layers.weights.map((w, k) => {
    const values = wave(w.start.length, k)
    const [spread, centre] = [w.tensor.shape.length > 1 ? 1 : 0.4, w.name.endsWith('.gamma') ? 1 : 0]
    return { ...w, start: Float32Array.from(values, v => (v - 0.5) * spread + centre) }
  })
  return { input: pictures, logits, auxiliary: heads, weights, running: layers.running }
}

const inTorch = (name: string): string =>
  name
    .replace('.gamma', '.weight')
    .replace('.beta', '.bias')
    .replace('.mean', '.running_mean')
    .replace('.variance', '.running_var')

const RATES: Readonly<Record<string, number>> = {
  sgd: 0.05,
  'sgd-plain': 0.05,
  'sgd-auxiliary': 0.05,
  rmsprop: 0.001,
  adam: 0.002,
  adamw: 0.002,
}

async function train(
  executor: Executor,
  name: string,
): Promise<{ losses: number[]; state: Readonly<Record<string, Float32Array>>; network: Network }> {
  const auxiliary = name === 'sgd-auxiliary'
  const network = net({ auxiliary })
  const machine = machineOf(executor)
  const rule = optimizer(name.split('-')[0] as OptimizerName, {
    decay: name === 'adamw' ? 0.01 : 5e-4,
    nesterov: name === 'sgd' || auxiliary,
  })
  const { update, state } = stepsOf(
    { network: forBatches(network, BATCH), normalise: x => x },
    {
      objective: crossEntropy({ smoothing: auxiliary ? 0.1 : 0 }),
      optimizer: rule,
      schedule: { rate: () => RATES[name], momentum: () => 0.9 },
      clip: Infinity,
      average: 0,
    },
  )
  await machine.open('update', await executor.compile(update.fn), 1)
  await machine.write(state)
  const losses: number[] = []
  for (let step = 0; step < STEPS; step++) {
    const y = new Float32Array(BATCH * CLASSES)
    for (let i = 0; i < BATCH; i++) y[i * CLASSES + ((i * (step + 1)) % CLASSES)] = 1
    const at = { step, steps: STEPS, perEpoch: STEPS }
    const numbers = Object.entries(update.numbers).map(([key, f]) => [key, Float32Array.of(f(at))])
    const x = Float32Array.from(wave(BATCH * 120, 100 + step))
    losses.push((await machine.run('update', { x, y, ...Object.fromEntries(numbers) }, BATCH)).loss[0])
  }
  const after = await machine.read()
  await machine.close()
  return { losses, state: after, network }
}

const worst = (got: ArrayLike<number>, wanted: readonly number[]): number =>
  wanted.reduce((top, w, i) => Math.max(top, Math.abs(got[i] - w)), 0) / Math.max(1, ...wanted.map(Math.abs))

const ort = cpu()
afterAll(() => ort.close())

test('the gradient to every weight', async () => {
  const network = net()
  const fixed = forBatches(network, BATCH)
  const [x, y] = [input(fixed.input.shape, 'x'), input(fixed.logits.shape, 'y')]
  const { model } = modelOf({ network: fixed, normalise: t => t }, recorder().random)
  const tensors = network.weights.map(({ tensor }) => tensor)
  const gradients = backward(smoothed(model.train(x).logits, y, 0), tensors)
  const labels = Float64Array.from({ length: BATCH * CLASSES }, (_, i) =>
    Number(Math.floor(i / CLASSES) % CLASSES === i % CLASSES),
  )
  const feeds = new Map<Tensor, ArrayLike<number>>([
    [x, wave(BATCH * 120, 100)],
    [y, labels],
    ...network.weights.map(({ tensor, start }) => [tensor, start] as const),
  ])
  const values = evaluate(gradients, feeds, BATCH)
  for (const [i, { name }] of network.weights.entries())
    expect({ name, same: worst(values[i], runs.sgd.gradient![inTorch(name)]) < 1e-6 }).toEqual({ name, same: true })
})

describe.each([
  ['reference', reference],
  ['cpu', ort],
] as const)('ten steps as PyTorch makes them, on %s', (_, executor) => {
  test.each(Object.keys(RATES))('%s', async name => {
    const { losses, state, network } = await train(executor, name)
    expect(worst(losses, runs[name].losses)).toBeLessThan(1e-5)
    for (const weight of [...network.weights, ...network.running]) {
      const wanted = runs[name].after[inTorch(weight.name)]
      expect({ name: weight.name, same: worst(state[weight.name], wanted) < 1e-5 }).toEqual({
        name: weight.name,
        same: true,
      })
    }
  })
})
