import { expect, test } from '@jest/globals'
import { evaluate } from '../../../src/evaluate.ts'
import { backward } from '../../../src/grad.ts'
import { importOnnx } from '../../../src/models/import/import-onnx.ts'
import { root } from '../../../src/models/import/root.ts'
import { input } from '../../../src/tensor.ts'
import { node, type Small, smallModel } from './small-model.ts'

test('the root of a sum of squares has a gradient where all of them are 0', () => {
  const x = input([2, 2], 'x')
  const norms = root(x.mul(x).sum([1]))
  const feeds = new Map([[x, [0, 0, 3, 4]]])
  const [y, g] = evaluate([norms, ...backward(norms.sum(), [x])], feeds)
  expect([...g]).toEqual([0, 0, expect.closeTo(0.6, 12), expect.closeTo(0.8, 12)])
  expect([...y]).toEqual([expect.closeTo(0, 12), 5])
})

// Behind a ReLU whole windows are 0.
const folded = (type: string, attributes: Parameters<typeof node>[2] = {}): Small => ({
  nodes: [node('Relu', 'x -> r'), node(type, 'r -> z', attributes), node('Flatten', 'z -> y')],
})
test.each([
  folded('LpPool', { kernel_shape: [2, 2] }),
  folded('LpPool', { kernel_shape: [2, 2], p: 3 }),
  folded('GlobalLpPool'),
  folded('LpNormalization'),
  folded('LpNormalization', { p: 1 }),
  folded('ReduceL2', { axes: [2, 3] }),
  folded('MeanVarianceNormalization', { axes: [2, 3] }),
])('no gradient is lost at 0 ($nodes.1.type)', small => {
  const { input: x, logits } = importOnnx(smallModel(small))
  const picture = Float64Array.from({ length: 108 }, (_, i) => (i % 5 === 0 && i > 60 ? 1 : -1))
  const [g] = evaluate(backward(logits.mul(logits).sum(), [x]), new Map([[x, picture]]))
  expect(g.every(Number.isFinite)).toBe(true)
})
