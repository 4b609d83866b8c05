import { expect, test } from '@jest/globals'
import { encodeOnnx } from '../../src/formats/onnx/write.ts'
import { maskValue } from '../../src/models/mask-value.ts'
import { floats, node, noise, runtimeRows, smallModel } from './import/small-model.ts'

const model = smallModel({
  nodes: [node('Flatten', 'x -> f'), node('Relu', 'f -> r'), node('Gemm', 'r, w -> y')],
  weights: { w: floats([108, 4]) },
})
const picture = noise(108, 3)

test('whoever reads the value gets it masked, the outputs keep their names', async () => {
  const mask = Float32Array.from({ length: 108 }, (_, i) => Number(i % 3 > 0))
  const shape = [3, 6, 6]
  const [masked] = await runtimeRows(encodeOnnx(maskValue(model, 'r', mask, [1, 108])), [picture], shape)
  const [wanted] = await runtimeRows(encodeOnnx(model), [picture.map((v, i) => v * mask[i])], shape)
  expect(masked).toEqual(wanted)
  const last = maskValue(model, 'y', Float32Array.of(1, 0, 1, 0), [1, 4])
  const [y] = await runtimeRows(encodeOnnx(last), [picture], shape)
  const [plain] = await runtimeRows(encodeOnnx(model), [picture], shape)
  expect(y.map(v => v + 0)).toEqual([plain[0], 0, plain[2], 0])
})

test('a value that no node gives is named', () => {
  expect(() => maskValue(model, 'x', picture, [1, 108])).toThrow(/No node of the model's main graph gives 'x'/)
})
