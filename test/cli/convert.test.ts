import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { evaluate } from '../../src/evaluate.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { runtime } from '../../src/exec/ort/session.ts'
import { type Classifier, loadModel } from '../../src/models/load.ts'
import { folderOf } from '../io/folder.ts'
import { values } from '../support/values.ts'
import { advx } from './process.ts'

const tfjs = (name: string): string => fileURLToPath(new URL(`../witness/tfjs/${name}`, import.meta.url))
const embedded = ['fashion-resnet', 'fashion-mobilenet', 'fashion-inception']
const fashion = embedded[0]
const MODELS = [
  ...['sequence', 'joints', 'activations', 'convolutions', 'movements', 'elements', 'blocks', 'spreads', 'ways'].map(
    tfjs,
  ),
  ...embedded,
  fileURLToPath(new URL('../witness/families/vit.onnx', import.meta.url)),
]

let cwd = ''
beforeAll(async () => {
  cwd = await folderOf()
})
const executor = cpu()
afterAll(() => executor.close())

/** How far TensorFlow.js itself and advx lie apart on one picture, by the largest logit. */
async function differenceToTfjs(path: string): Promise<number> {
  const script = fileURLToPath(new URL('../witness/run-tfjs.js', import.meta.url))
  const model = await loadModel(path, { preprocess: 'unit' })
  const { input: x, logits } = model.graph
  const picture = Float32Array.from(values(x.shape, 1, 0, 1, 4))
  const [ours] = evaluate([logits], new Map([[x, picture]]))
  await writeFile(join(cwd, 'picture.json'), JSON.stringify({ shape: x.shape.slice(1), values: Array.from(picture) }))
  const { stdout } = await promisify(execFile)(process.execPath, [script, path, join(cwd, 'picture.json')])
  const theirs: number[] = JSON.parse(stdout.split('\n').findLast(line => line.startsWith('['))!)
  return Math.max(...theirs.map((z, i) => Math.abs(z - ours[i]))) / Math.max(...ours.map(Math.abs))
}

const convert = (...args: readonly string[]) => advx(['convert', ...args], { cwd })

async function logits({ graph: { input: x, logits } }: Classifier): Promise<Float32Array> {
  const program = await executor.open(await executor.compile({ inputs: { x }, outputs: { logits } }))
  const picture = Float32Array.from(values(x.shape, 2, 0, 1, 1))
  const result = await program.run({ x: picture }, 2)
  await program.close()
  return result.logits
}

describe('a converted model gives what the model gave', () => {
  test.each(MODELS)('%s', async from => {
    const to = join(cwd, `${basename(from)}.onnx`)
    const { code, stdout } = await convert(from, to)
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\.onnx: \d x \d+ x \d+ in, \d+ logits out\.\n/)])
    const [before, after] = [await loadModel(from), await loadModel(to)]
    const [ours, theirs] = [await logits(after), await logits(before)]
    const largest = Math.max(...theirs.map(Math.abs))
    for (const [i, z] of ours.entries()) expect(Math.abs(z - theirs[i]) / largest).toBeLessThan(1e-5)
    expect(after.classes).toEqual(before.classes)
    expect(after.preprocessing.json).toMatchObject({ scale: before.preprocessing.json.scale })
  })

  test.each(MODELS)('%s, as a GraphModel and back', async from => {
    const [middle, end] = ['.json', '-back.onnx'].map(ending => join(cwd, basename(from) + ending))
    expect((await convert(from, middle)).code).toBe(0)
    expect((await convert(middle, end)).code).toBe(0)
    const [before, between, after] = await Promise.all(
      [from, middle, end].map(async path => logits(await loadModel(path))),
    )
    const largest = Math.max(...before.map(Math.abs))
    for (const [i, z] of before.entries())
      for (const other of [between, after]) expect(Math.abs(z - other[i]) / largest).toBeLessThan(1e-5)
    expect(await differenceToTfjs(middle)).toBeLessThan(1e-5)
  })

  test('in ONNX Runtime too, without preprocessing inside', async () => {
    const to = join(cwd, 'plain.onnx')
    await convert(tfjs('joints'), to, '-p', 'raw')
    const { InferenceSession, Tensor } = await runtime()
    const session = await InferenceSession.create(to)
    const model = await loadModel(tfjs('joints'))
    const picture = Float32Array.from(values([1, 3, 9, 7], 1, 0, 1, 1))
    const fed = { input: new Tensor('float32', picture, [1, 3, 9, 7]) }
    const { logits: theirs } = await session.run(fed)
    const { input: x, logits } = model.graph
    const program = await executor.open(await executor.compile({ inputs: { x }, outputs: { logits } }))
    const { logits: ours } = await program.run({ x: picture }, 1)
    for (const [i, z] of ours.entries()) expect(Math.abs(z - Number(theirs.data[i]))).toBeLessThan(1e-4)
    await program.close()
    await session.release()
    expect((await loadModel(to)).preprocessing).toMatchObject({ name: 'raw', from: 'metadata' })
  })
})

test('names of classes and a preprocessing of its own go along', async () => {
  await writeFile(join(cwd, 'names.txt'), 'one\ntwo\nthree\nfour\n')
  const config = {
    size: { shortest_edge: 12 },
    crop_size: { height: 9, width: 7 },
    resample: 3,
    do_flip_channel_order: true,
    rescale_factor: 1 / 128,
    image_mean: [0.1, 0.2, 0.3],
    image_std: [1, 2, 3],
  }
  await writeFile(join(cwd, 'config.json'), JSON.stringify(config))
  await convert(tfjs('joints'), 'named.onnx', '-c', 'names.txt', '-p', 'config.json')
  const before = await loadModel(tfjs('joints'), {
    classes: join(cwd, 'names.txt'),
    preprocess: join(cwd, 'config.json'),
  })
  const after = await loadModel(join(cwd, 'named.onnx'))
  expect([after.classes, after.classesFrom]).toEqual([['one', 'two', 'three', 'four'], 'metadata'])
  expect(after.preprocessing.json).toEqual(before.preprocessing.json)
})

describe('what is not written', () => {
  test('over a file that is there, but with --force', async () => {
    await writeFile(join(cwd, 'mine.onnx'), 'mine')
    expect(await convert(tfjs('joints'), 'mine.onnx')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('--force'),
    })
    expect((await convert(tfjs('joints'), 'mine.onnx', '--force')).code).toBe(0)
  })

  test('under another ending', async () => {
    const { code, stderr } = await convert(fashion, 'model.pb')
    expect([code, stderr]).toEqual([2, expect.stringContaining('a name that ends in .onnx or .json')])
  })

  test('from what cannot be read', async () => {
    expect((await convert('gone/model.json', 'x.onnx')).code).toBe(3)
  })
})
