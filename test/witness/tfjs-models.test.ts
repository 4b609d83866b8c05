import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { evaluate } from '../../src/evaluate.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { type Classifier, loadModel } from '../../src/models/load.ts'
import { print } from '../../src/print.ts'
import { constant } from '../../src/tensor.ts'
import { relativeError, slopes } from '../support/derivative.ts'
import { values } from '../support/values.ts'
import { pictures } from './tfjs-pictures.js'

// Small models of many layers and operators against what TensorFlow.js gives for them: make-tfjs-models.js.

const root = fileURLToPath(new URL('tfjs/', import.meta.url))

/** Transpositions that have to stay: a shuffle of channels, a softmax along the channels of a map, pictures in blocks. */
const TURNS: Readonly<Record<string, number>> = { movements: 1, activations: 2, blocks: 4 }

const executor = cpu()
afterAll(() => executor.close())

describe.each(readdirSync(root))('%s', name => {
  const scores: number[][] = JSON.parse(readFileSync(`${root}${name}/scores.json`, 'utf8'))
  let model: Classifier
  beforeAll(async () => {
    model = await loadModel(`${root}${name}`)
  })

  const shown = (): Float32Array[] => {
    const { height, width, channels } = model.input
    return pictures(height, width, channels).map(levels => planar(levels, channels))
  }

  /** As TensorFlow.js gives them: probabilities where a Softmax was taken away, as logarithms. */
  const given = (logits: ArrayLike<number>): number[] =>
    model.notes.some(note => note.includes('Softmax')) ? logSoftmax(Array.from(logits)) : Array.from(logits)
  const theirs = (i: number): number[] =>
    model.notes.some(note => note.includes('Softmax')) ? scores[i].map(Math.log) : scores[i]

  const demandEqual = (ours: readonly number[], i: number): void => {
    const largest = Math.max(...theirs(i).map(Math.abs))
    for (const [k, score] of theirs(i).entries()) expect(Math.abs(ours[k] - score) / largest).toBeLessThan(1e-5)
  }

  test('gives what TensorFlow.js gives, by the reference kernels', () => {
    const { input: x, logits } = model.graph
    for (const [i, picture] of shown().entries()) demandEqual(given(evaluate([logits], new Map([[x, picture]]))[0]), i)
  })

  test('and in ONNX Runtime, several pictures at once', async () => {
    const { input: x, logits } = model.graph
    const program = await executor.open(await executor.compile({ inputs: { x }, outputs: { logits } }))
    const both = Float32Array.from(shown().flatMap(picture => Array.from(picture)))
    const { logits: all } = await program.run({ x: both }, 2)
    const count = all.length / 2
    for (const i of [0, 1]) demandEqual(given(all.subarray(i * count, (i + 1) * count)), i)
    await program.close()
  })

  test('has the slope that finite differences have', () => {
    const { input: x, logits } = model.graph
    const weights = constant(Float32Array.from(values([1, logits.shape[1]], 1, -1, 1, 3)), [1, logits.shape[1]])
    const feeds = new Map([[x, Float64Array.from(shown()[1])]])
    const along = new Map([[x, values(x.shape, 1, -1, 1, 5)]])
    expect(relativeError(slopes(logits.mul(weights).sum(), feeds, along, 1, 1e-6))).toBeLessThan(1e-5)
  })

  test('has its channels first', () => {
    const found = print([model.graph.logits]).match(/transpose\(/g)?.length ?? 0
    expect(found).toBe(TURNS[name] ?? 0)
  })
})

/** [H, W, C] in levels as [C, H, W] in 0..1. */
function planar(levels: readonly number[], channels: number): Float32Array {
  const plane = levels.length / channels
  return Float32Array.from(levels, (_, i) => levels[(i % plane) * channels + Math.floor(i / plane)] / 255)
}

function logSoftmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits)
  const total = logits.reduce((sum, z) => sum + Math.exp(z - most), 0)
  return logits.map(z => z - most - Math.log(total))
}
