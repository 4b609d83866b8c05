import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { evaluate } from '../../src/evaluate.ts'
import { readOnnx } from '../../src/formats/onnx/read.ts'
import { loadModel } from '../../src/models/load.ts'
import { preprocessing } from '../../src/models/preprocessing.ts'
import type { Tensor } from '../../src/tensor.ts'
import { trainable } from '../../src/train/trainable.ts'
import { writeNetwork } from '../../src/train/write-network.ts'
import { normals, values } from '../support/values.ts'
import { training } from './sample.ts'

test('the written file gives what the network gives, and knows its classes and preprocessing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'advx-onnx-'))
  const path = join(folder, 'net.onnx')
  const { network, pictures, validation } = training()
  const { height, width } = pictures.size
  const geometry = { height, width, resize: null, crop: null, resample: 'bilinear' } as const
  const recipe = { name: 'data', order: 'rgb', scale: 1, mean: [0.4], std: [0.3], geometry } as const
  const before = preprocessing(recipe, 'option', pictures.size, 'usage')
  const all = [...network.weights, ...network.running]
  const weights = Object.fromEntries(
    all.map(({ name, start }, i) => [
      name,
      Float32Array.from(normals(start.length, i), v => (name.endsWith('.variance') ? v * v + 0.1 : 0.3 * v)),
    ]),
  )
  const history = [{ epoch: 1, loss: 1, accuracy: 0.5, validation: { loss: 1, accuracy: 0.625 }, rate: 0.1 }]
  await writeNetwork(
    path,
    { network, preprocessing: before, pictures, validation },
    { weights, history },
    { data: 'bars', source: 'a test' },
  )
  const model = await loadModel(path)
  const { metadata } = await readOnnx(path)
  for (const [key, value] of Object.entries({ accuracy: '0.6250', data: 'bars', source: 'a test' }))
    expect(metadata.get(`advx.${key}`)).toBe(value)
  expect(model.classes).toEqual(['upright', 'lying'])
  expect(model.preprocessing.json).toMatchObject({ mean: [0.4], std: [0.3] })
  expect([...model.operators.keys()]).not.toContain('BatchNormalization')
  const x = values(model.graph.input.shape, 3, 0, 1, 5)
  const feeds = new Map<Tensor, ArrayLike<number>>([
    [network.input, x.map(v => (v - 0.4) / 0.3)],
    ...all.map(({ name, tensor }) => [tensor, weights[name]] as const),
  ])
  const [wanted] = evaluate([network.logits], feeds, 3)
  const [got] = evaluate([model.graph.logits], new Map([[model.graph.input, x]]), 3)
  wanted.forEach((v, i) => {
    expect(Math.abs(got[i] - v)).toBeLessThan(1e-5 * Math.max(1, Math.abs(v)))
  })
  await rm(folder, { recursive: true })
})

test('an embedded model can be trained: all its numbers are weights', async () => {
  const { graph } = await loadModel('fashion-mobilenet')
  const { network, notes } = trainable(graph.input, graph.logits)
  expect(notes).toEqual([])
  const count = network.weights.reduce((total, { start }) => total + start.length, 0)
  expect(count).toBeGreaterThan(39_000)
  const feeds = new Map<Tensor, ArrayLike<number>>(network.weights.map(({ tensor, start }) => [tensor, start]))
  const x = values(graph.input.shape, 2, 0, 1, 1)
  const [same] = evaluate([network.logits], feeds.set(network.input, x), 2)
  const [wanted] = evaluate([graph.logits], new Map([[graph.input, x]]), 2)
  wanted.forEach((v, i) => {
    expect(same[i]).toBeCloseTo(v, 3)
  })
})
