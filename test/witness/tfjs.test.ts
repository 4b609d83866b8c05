import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { executorNamed } from '../../src/exec/devices.ts'
import type { Program } from '../../src/exec/executor.ts'
import { isInstalled, kindOf, setUp } from '../../src/exec/tfjs/kinds.ts'
import { type Classifier, loadModel } from '../../src/models/load.ts'
import { print } from '../../src/print.ts'
import { describeWith, shared } from '../support/shared-data.ts'
import { pictures } from './tfjs-pictures.js'

// Models of ../shared/data/tfjs and of the package nsfwjs on every device that is here, against what TensorFlow.js in
// plain JavaScript gives for them: make-tfjs-figures.js.

interface Figures {
  readonly preprocess: string
  readonly classes: number
  /** Of each picture some scores by class: probabilities, or logits where the model ends in them. */
  readonly scores: readonly Readonly<Record<string, number>>[]
}

const { models, nsfwjs } = JSON.parse(readFileSync(new URL('tfjs-figures.json', import.meta.url), 'utf8')) as Readonly<
  Record<'models' | 'nsfwjs', Readonly<Record<string, Figures>>>
>

/** Milliseconds: plain JavaScript takes half a minute for Inception v3, and other tests run beside it. */
const PATIENCE = 600_000

/** Of few enough pixels for the kernels of the reference. */
const SMALL = ['emotion-graph', 'doodlenet', 'teachablemachine-tiny-96gray']

const native = kindOf('tfjs-node')
if (!isInstalled(native)) console.log(`Skipped: ${native.device} is not installed. Set it up by: ${setUp(native)}`)

const nsfwjsFolder = fileURLToPath(new URL('../../node_modules/nsfwjs', import.meta.url))
if (!existsSync(nsfwjsFolder)) console.log('Skipped: nsfwjs is not installed.')

const devices = ['cpu', 'tfjs-cpu', 'tfjs-wasm', ...(isInstalled(native) ? [native.device] : []), 'reference']
describe.each(devices)('on %s', device => {
  for (const [name, figures] of Object.entries(models))
    if (device !== 'reference' || SMALL.includes(name))
      describeWith(`tfjs/${name}`)(name, () => examine(device, async () => shared(`tfjs/${name}/model.json`), figures))

  for (const [name, figures] of Object.entries(nsfwjs))
    if (device !== 'reference')
      (existsSync(nsfwjsFolder) ? describe : describe.skip)(`nsfwjs ${name}`, () =>
        examine(device, async () => join(nsfwjsFolder, 'dist', 'models', name), figures),
      )
})

function examine(device: string, path: () => Promise<string>, { preprocess, classes, scores }: Figures): void {
  const executor = executorNamed(device)
  let model: Classifier
  let program: Program | undefined
  beforeAll(async () => {
    model = await loadModel(await path(), { preprocess })
    const { input: x, logits } = model.graph
    program = await executor.open(await executor.compile({ inputs: { x }, outputs: { logits } }))
  }, PATIENCE)
  afterAll(async () => {
    await program?.close()
    await executor.close()
  })

  test(
    'gives what TensorFlow.js gives',
    async () => {
      const { channels, height, width } = model.input
      expect(model.classes.length).toBe(classes)
      for (const [i, levels] of pictures(height, width, channels).entries()) {
        const { logits } = await program!.run({ x: planar(levels, channels) }, 1)
        const ours = model.notes.some(note => note.includes('Softmax')) ? softmax(logits) : logits
        for (const [index, theirs] of Object.entries(scores[i])) {
          expect(Math.abs(ours[Number(index)] - theirs)).toBeLessThan(1e-4)
          // Probabilities hide most of the logits: their logarithms show them.
          if (ours !== logits) expect(Math.abs(Math.log(ours[Number(index)] / theirs))).toBeLessThan(1e-3)
        }
      }
    },
    PATIENCE,
  )

  test('has its channels first throughout', () => {
    expect(print([model.graph.logits])).not.toContain('transpose')
  })
}

/** [H, W, C] in levels as [C, H, W] in 0..1. */
function planar(levels: readonly number[], channels: number): Float32Array {
  const plane = levels.length / channels
  return Float32Array.from(levels, (_, i) => levels[(i % plane) * channels + Math.floor(i / plane)] / 255)
}

function softmax(logits: Float32Array): Float64Array {
  const most = Math.max(...logits)
  const powers = Float64Array.from(logits, z => Math.exp(z - most))
  const total = powers.reduce((a, b) => a + b, 0)
  return powers.map(p => p / total)
}
