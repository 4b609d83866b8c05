import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { describe, expect, test } from '@jest/globals'
import { elementCode } from '../../../src/formats/onnx/element.ts'
import { parseOnnx } from '../../../src/formats/onnx/read.ts'
import type { OnnxTensor } from '../../../src/formats/onnx/schema.ts'
import { file } from './sample.ts'

const read = (initializer: object): OnnxTensor =>
  parseOnnx(file({ initializer: [{ name: 'w', ...initializer }] })).graph.initializers.get('w')!

describe('elements one by one in typed fields', () => {
  const int32Data = Int32Array.of(1, 0)
  const cases: [type: string, fields: object, data: unknown][] = [
    ['float32', { floatData: Float32Array.of(0.5, -1) }, Float32Array.of(0.5, -1)],
    ['float64', { doubleData: Float64Array.of(0.1, 1e300) }, Float64Array.of(0.1, 1e300)],
    ['int32', { int32Data: Int32Array.of(-7, 2) }, Int32Array.of(-7, 2)],
    ['int8', { int32Data: Int32Array.of(-7, 2) }, Int8Array.of(-7, 2)],
    ['uint8', { int32Data }, Uint8Array.of(1, 0)],
    ['int16', { int32Data }, Int16Array.of(1, 0)],
    ['uint16', { int32Data: Int32Array.of(65535, 0) }, Uint16Array.of(65535, 0)],
    ['bool', { int32Data }, Uint8Array.of(1, 0)],
    ['float16', { int32Data: Int32Array.of(0x3c00, 0xc000) }, Float32Array.of(1, -2)],
    ['bfloat16', { int32Data: Int32Array.of(0x3f80, 0xc020) }, Float32Array.of(1, -2.5)],
    ['int64', { int64Data: BigInt64Array.of(-(2n ** 63n), 5n) }, BigInt64Array.of(-(2n ** 63n), 5n)],
    ['uint64', { uint64Data: BigUint64Array.of(2n ** 64n - 1n, 5n) }, BigUint64Array.of(2n ** 64n - 1n, 5n)],
    ['uint32', { uint64Data: BigUint64Array.of(2n ** 32n - 1n, 5n) }, Uint32Array.of(2 ** 32 - 1, 5)],
    ['string', { stringData: ['a', 'b'] }, ['a', 'b']],
  ]
  test.each(cases)('%s', (type, fields, data) => {
    expect(read({ dims: [2], dataType: elementCode(type), ...fields })).toEqual({ name: 'w', dims: [2], type, data })
  })

  test('packed, unpacked and mixed', () => {
    const w = new BinaryWriter()
    w.tag(8, WireType.LengthDelimited).string('w').tag(2, WireType.Varint).int32(7)
    w.tag(1, WireType.Varint).int64(3).tag(1, WireType.Varint).int64(2)
    w.tag(7, WireType.Varint).int64(1)
    w.tag(7, WireType.LengthDelimited).fork().int64(2).int64(-3).join()
    w.tag(7, WireType.Varint).int64(300).tag(7, WireType.Varint).int64(5)
    w.tag(7, WireType.LengthDelimited).fork().int64(6).join()
    const bytes = inFile(5, w.finish())
    const { dims, data } = parseOnnx(bytes).graph.initializers.get('w')!
    expect(dims).toEqual([3, 2])
    expect(data).toEqual(BigInt64Array.of(1n, 2n, -3n, 300n, 5n, 6n))
  })

  test('float data, packed and unpacked', () => {
    const w = new BinaryWriter()
    w.tag(8, WireType.LengthDelimited).string('w').tag(2, WireType.Varint).int32(1).tag(1, WireType.Varint).int64(4)
    w.tag(4, WireType.LengthDelimited).fork().float(1).float(2).join().tag(4, WireType.Bit32).float(3)
    w.tag(4, WireType.LengthDelimited).fork().float(4).join()
    expect(parseOnnx(inFile(5, w.finish())).graph.initializers.get('w')!.data).toEqual(Float32Array.of(1, 2, 3, 4))
  })
})

/** A file whose graph has these bytes in the field of that number. */
function inFile(field: number, bytes: Uint8Array): Uint8Array {
  const w = new BinaryWriter()
  w.tag(8, WireType.LengthDelimited).fork().tag(2, WireType.Varint).int64(17).join()
  return w.tag(7, WireType.LengthDelimited).fork().tag(field, WireType.LengthDelimited).bytes(bytes).join().finish()
}

describe('elements and dims disagree', () => {
  const cases: [what: string, fields: object, message: RegExp][] = [
    ['too few raw bytes', { dims: [2], dataType: 1, rawData: new Uint8Array(4) }, /Expected 8 bytes.*'w' but got 4/],
    ['too many elements', { dims: [2], dataType: 1, floatData: new Float32Array(3) }, /Expected 2 elements.*got 3/],
    ['no elements', { dims: [2], dataType: 1 }, /Expected 2 elements.*got 0/],
    ['both forms', { dims: [1], dataType: 1, rawData: new Uint8Array(4), floatData: new Float32Array(1) }, /twice/],
    ['a negative size', { dims: [-1], dataType: 1 }, /sizes of 0 and more/],
    ['overflow', { dims: [2 ** 31, 2 ** 31], dataType: 2, rawData: new Uint8Array(1) }, /fewer than 2\^53 elements/],
    ['INT64_MAX', { dims: [Number.MAX_SAFE_INTEGER], dataType: 1, rawData: new Uint8Array(4) }, /but got 4/],
    [
      'a huge number of tiny elements',
      { dims: [2 ** 40], dataType: 9, rawData: new Uint8Array(9) },
      /1099511627776 bytes/,
    ],
    ['far too many axes', { dims: Array(99).fill(1), dataType: 1, floatData: new Float32Array(1) }, /at most 64 axes/],
    ['too few strings', { dims: [3], dataType: 8, stringData: ['a'] }, /Expected 3 elements/],
    ['a type that is no numbers', { dims: [1], dataType: 14, rawData: new Uint8Array(8) }, /'complex64'/],
    ['a type that does not exist', { dims: [1], dataType: 99, rawData: new Uint8Array(8) }, /'type 99'/],
    ['elements of another type', { dims: [1], dataType: 1, int32Data: Int32Array.of(1) }, /Expected 1 elements.*got 0/],
  ]
  test.each(cases)('%s', (_, fields, message) => {
    expect(() => read(fields)).toThrow(expect.objectContaining({ name: 'AdvxError', fault: 'model' }))
    expect(() => read(fields)).toThrow(message)
  })
})
