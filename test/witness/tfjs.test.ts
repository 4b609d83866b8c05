import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Program } from '../../src/exec/executor.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { type Classifier, loadModel } from '../../src/models/load.ts'
import { print } from '../../src/print.ts'
import { folderOf } from '../io/folder.ts'
import { describeWith, shared } from '../support/shared-data.ts'
import { unpack } from './nsfwjs.js'
import { pictures } from './tfjs-pictures.js'

// Models of ../shared/data/tfjs and of the package nsfwjs against what TensorFlow.js gives for them: make-tfjs-figures.js.

interface Figures {
  readonly preprocess: string
  readonly classes: number
  /** Of each picture some scores by class: probabilities, or logits where the model ends in them. */
  readonly scores: readonly Readonly<Record<string, number>>[]
}

const { models, nsfwjs } = JSON.parse(readFileSync(new URL('tfjs-figures.json', import.meta.url), 'utf8')) as Readonly<
  Record<'models' | 'nsfwjs', Readonly<Record<string, Figures>>>
>

/** Milliseconds: Inception v3 has a hundred layers, and other tests run beside it. */
const PATIENCE = 180_000

const executor = cpu()
afterAll(() => executor.close())

for (const [name, figures] of Object.entries(models))
  describeWith(`tfjs/${name}`)(name, () => examine(async () => shared(`tfjs/${name}/model.json`), figures))

/** Where nsfwjs is installed: beside advx, or in the folder that the tests are told of. */
const installed = [fileURLToPath(new URL('../../', import.meta.url)), process.env.ADVX_TFJS ?? ''].find(
  folder => folder && existsSync(join(folder, 'node_modules', 'nsfwjs')),
)
if (installed === undefined) console.log('Skipped: nsfwjs is not installed, nor in a folder that ADVX_TFJS names.')

for (const [name, figures] of Object.entries(nsfwjs))
  (installed === undefined ? describe.skip : describe)(`nsfwjs ${name}`, () =>
    examine(async () => {
      const folder = await folderOf()
      unpack(installed!, name, folder)
      return folder
    }, figures),
  )

function examine(path: () => Promise<string>, { preprocess, classes, scores }: Figures): void {
  let model: Classifier
  let program: Program | undefined
  beforeAll(async () => {
    model = await loadModel(await path(), { preprocess })
    const { input: x, logits } = model.graph
    program = await executor.open(await executor.compile({ inputs: { x }, outputs: { logits } }))
  }, PATIENCE)
  afterAll(() => program?.close())

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
