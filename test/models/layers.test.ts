import { expect, test } from '@jest/globals'
import { evaluate } from '../../src/evaluate.ts'
import { loadModel } from '../../src/models/load.ts'
import { input } from '../../src/tensor.ts'
import { uniform } from '../support/values.ts'

const MODEL = 'fashion-resnet'

test('a layer is what the network computes there, preprocessing inside', async () => {
  const { output } = await loadModel(MODEL)
  const { layers, logits, graph } = await loadModel(MODEL, { layers: ['conv_1', 'relu_1', output] })
  const x = input(graph.input.shape, 'x')
  const next = uniform(1)
  const pictures = Float32Array.from({ length: 2 * 784 }, () => next())
  const tensors = [...layers.values()].map(layer => layer(x))
  const [before, after, scores, expected] = evaluate([...tensors, logits(x)], new Map([[x, pictures]]), 2)
  expect(Array.from(after, v => v + 0)).toEqual(Array.from(before, v => Math.max(v, 0)))
  expect(before.some(v => v < 0)).toBe(true)
  for (const [i, v] of scores.entries()) expect(v).toBeCloseTo(expected[i], 9)
  expect(tensors.map(({ shape }) => shape[0])).toEqual(Array(3).fill(graph.input.shape[0]))
})

test('a name that is wrong is told with those that are close', async () => {
  await expect(loadModel(MODEL, { layers: ['cnv_1'] })).rejects.toThrow(
    /no value 'cnv_1' for --layer\. Close to it: 'conv_1'/,
  )
  await expect(loadModel(MODEL, { layers: ['pool'] })).rejects.toThrow(/'globalaveragepool_1'/)
})
