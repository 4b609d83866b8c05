import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { parseOnnx, readOnnx } from '../../../src/formats/onnx/read.ts'
import { encodeOnnx, writeOnnx } from '../../../src/formats/onnx/write.ts'
import { graph, model, named, node, otherModels, tensor, value } from './sample.ts'

const folder = mkdtempSync(join(tmpdir(), 'advx-onnx-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function run(file: string | Uint8Array, input: Tensor): Promise<unknown> {
  const session = await (typeof file === 'string' ? InferenceSession.create(file) : InferenceSession.create(file))
  const outputs = await session.run({ [session.inputNames[0]]: input })
  await session.release()
  return outputs[session.outputNames[0]].data
}

test('ONNX Runtime runs what is written, with the weights inside and beside', async () => {
  const weights = Array.from({ length: 1024 }, (_, i) => i)
  const sum = graph({
    nodes: [node('Add', ['x', 'w'], ['y'])],
    initializers: named(tensor('w', [1024], weights)),
    inputs: [value('x', [1])],
    outputs: [value('y', [1024])],
  })
  const one = new Tensor('float32', Float32Array.of(1), [1])
  const expected = Float32Array.from(weights, w => w + 1)
  expect(await run(encodeOnnx(model(sum)), one)).toEqual(expected)
  await writeOnnx(join(folder, 'm.onnx'), model(sum), { externalData: { file: 'm.data' } })
  expect(await run(join(folder, 'm.onnx'), one)).toEqual(expected)
})

const small = ['mnist-8.onnx', 'cifar10-resnet20-akamaster.onnx']
for (const { name, path, bytes } of otherModels().filter(({ name }) => small.includes(name)))
  test(`ONNX Runtime gives the same for ${name} and what is written of it`, async () => {
    const read = await readOnnx(path)
    const dims = read.graph.inputs[0].dims!.map(size => (typeof size === 'number' ? size : 1))
    const length = dims.reduce((a, b) => a * b)
    const picture = new Tensor(
      'float32',
      Float32Array.from({ length }, (_, i) => Math.sin(i)),
      dims,
    )
    const expected = await run(bytes, picture)
    expect(expected).toHaveLength(10)
    expect(await run(encodeOnnx(parseOnnx(bytes)), picture)).toEqual(expected)
    await writeOnnx(join(folder, name), read, { externalData: { file: `${name}.data` } })
    expect(await run(join(folder, name), picture)).toEqual(expected)
  })
