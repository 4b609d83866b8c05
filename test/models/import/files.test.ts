import { describe, expect, test } from '@jest/globals'
import { parseOnnx } from '../../../src/formats/onnx/read.ts'
import { importOnnx } from '../../../src/models/import/import-onnx.ts'
import { otherModels } from '../../formats/onnx/sample.ts'
import { difference, importedRows, noise, runtimeRows, softmax } from './small-model.ts'

const models = otherModels()
// The float64 reference takes seconds a picture for these.
const LARGE = /mobilenetv2|squeezenet/

const each =
  models.length > 0 ? describe.each(models) : describe.skip.each([{ name: 'no models', bytes: new Uint8Array() }])

each('$name', ({ name, bytes }) => {
  if (bytes.length === 0) return test.skip('nothing to read', () => {})
  const model = parseOnnx(bytes)

  test('is read for any batch', () => {
    const { input, logits, batch, picture } = importOnnx(model)
    expect(batch).toBe('any')
    expect(input.shape).toEqual([-1, picture.channels, picture.height, picture.width])
    expect(logits.shape).toHaveLength(2)
  })

  // Its input would have to be float16 for ONNX Runtime.
  if (model.graph.inputs[0].type !== 'float32') return
  test('gives the figures of ONNX Runtime', async () => {
    const imported = importOnnx(model)
    const { channels, height, width } = imported.picture
    const scale = /mlperf/.test(name) ? 255 : 1
    const seeds = LARGE.test(name) ? [7] : [7, 9]
    const pictures = seeds.map(seed => noise(channels * height * width, seed).map(v => Math.abs(v) * scale))
    const wanted = await runtimeRows(bytes, pictures, [channels, height, width])
    const rows = importedRows(imported, pictures)
    const probabilities = imported.notes.some(note => note.includes('Softmax'))
    expect(difference(probabilities ? rows.map(softmax) : rows, wanted)).toBeLessThan(1e-4)
  })
})
