import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { parseOnnx } from '../../../src/formats/onnx/read.ts'
import { encodeOnnx } from '../../../src/formats/onnx/write.ts'
import { everything, file, graph, model, named, node, otherModels, tensor, value } from './sample.ts'

describe('what is written is read again', () => {
  test('every kind of attribute, tensor, value, function and metadata', () => {
    expect(parseOnnx(encodeOnnx(everything))).toEqual(everything)
  })

  test('IR 3 lists weights as inputs in the file, and only there', () => {
    const parts = { nodes: [node('Add', ['x', 'w'], ['y'])], inputs: [value('x')], outputs: [value('y')] }
    const old = model(graph({ ...parts, initializers: named(tensor('w', [1], [2])) }), { irVersion: 3 })
    const again = parseOnnx(encodeOnnx(old))
    expect(again).toEqual(old)
    const listed = Buffer.from(encodeOnnx(old)).toString('latin1').split('w').length - 1
    const unlisted =
      Buffer.from(encodeOnnx({ ...old, irVersion: 8 }))
        .toString('latin1')
        .split('w').length - 1
    expect(listed).toBe(unlisted + 1)
  })

  test('tensors of an aligned file are views of it, others copies', () => {
    const bytes = encodeOnnx(model(graph({ initializers: named(tensor('w', [3], [1, 2, 3])) })))
    const kept = [0, 1, 2, 3].map(shift => {
      const shifted = new Uint8Array(new ArrayBuffer(bytes.length + shift), shift)
      shifted.set(bytes)
      const { data } = parseOnnx(shifted).graph.initializers.get('w')!
      expect(data).toEqual(Float32Array.of(1, 2, 3))
      return (data as Float32Array).buffer === shifted.buffer
    })
    expect(kept.filter(Boolean)).toHaveLength(1)
  })

  for (const { name, bytes } of otherModels())
    test(name, () => {
      const first = parseOnnx(bytes)
      expect(isDeepStrictEqual(parseOnnx(encodeOnnx(first)), first)).toBe(true)
      expect(first.graph.nodes.length).toBeGreaterThan(5)
      expect(first.graph.inputs).toHaveLength(1)
    })
})

test('producer and version are one text; ai.onnx is the empty domain', () => {
  const parts = { producerName: 'tf2onnx', producerVersion: '1.16', opsetImport: [{ domain: 'ai.onnx', version: 13 }] }
  const read = parseOnnx(file({ node: [{ opType: 'Constant', domain: 'ai.onnx', output: ['y'] }] }, parts))
  expect(read).toMatchObject({ producer: 'tf2onnx 1.16', opsets: new Map([['', 13]]) })
  expect(read.graph.nodes[0].domain).toBe('')
})
