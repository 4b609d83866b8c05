import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { runtime } from '../../src/exec/ort/session.ts'
import { type Classifier, loadModel } from '../../src/models/load.ts'
import { folderOf } from '../io/folder.ts'
import { values } from '../support/values.ts'
import { advx } from './process.ts'

const tfjs = (name: string): string => fileURLToPath(new URL(`../witness/tfjs/${name}`, import.meta.url))
const fashion = fileURLToPath(new URL('../../fixtures/models/fashion-resnet.onnx', import.meta.url))

let cwd = ''
beforeAll(async () => {
  cwd = await folderOf()
})
const executor = cpu()
afterAll(() => executor.close())

const convert = (...args: readonly string[]) => advx(['convert', ...args], { cwd })

async function logits({ graph: { input: x, logits } }: Classifier): Promise<Float32Array> {
  const program = await executor.open(await executor.compile({ inputs: { x }, outputs: { logits } }))
  const picture = Float32Array.from(values(x.shape, 2, 0, 1, 1))
  const result = await program.run({ x: picture }, 2)
  await program.close()
  return result.logits
}

describe('a converted model gives what the model gave', () => {
  test.each(['sequence', 'joints', 'activations', 'convolutions', 'movements', 'elements', fashion])(
    '%s',
    async name => {
      const from = name === fashion ? name : tfjs(name)
      const to = join(cwd, `${name === fashion ? 'fashion' : name}.onnx`)
      const { code, stdout } = await convert(from, to)
      expect([code, stdout]).toEqual([0, expect.stringMatching(/\.onnx: \d x \d+ x \d+ in, \d+ logits out\.\n/)])
      const [before, after] = [await loadModel(from), await loadModel(to)]
      const [ours, theirs] = [await logits(after), await logits(before)]
      const largest = Math.max(...theirs.map(Math.abs))
      for (const [i, z] of ours.entries()) expect(Math.abs(z - theirs[i]) / largest).toBeLessThan(1e-5)
      expect(after.classes).toEqual(before.classes)
      expect(after.preprocessing.json).toMatchObject({ scale: before.preprocessing.json.scale })
    },
  )

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
    const { code, stderr } = await convert(fashion, 'model.json')
    expect([code, stderr]).toEqual([2, expect.stringContaining('a name that ends in .onnx')])
  })

  test('from what cannot be read', async () => {
    expect((await convert('gone/model.json', 'x.onnx')).code).toBe(3)
  })
})
