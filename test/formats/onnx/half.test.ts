import { describe, expect, test } from '@jest/globals'
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from '../../../src/formats/onnx/half.ts'

describe('float16', () => {
  const known: [bits: number, value: number][] = [
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0x3c01, 1 + 2 ** -10],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
  ]

  test.each(known)('%i is %d, and back', (bits, value) => {
    expect(fromFloat16(Uint16Array.of(bits))[0]).toBe(value)
    expect(toFloat16(Float32Array.of(value))[0]).toBe(bits)
  })

  test('every bit pattern but the NaNs survives the way there and back', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i).filter(bits => (bits & 0x7fff) <= 0x7c00)
    expect(toFloat16(fromFloat16(all))).toEqual(all)
  })

  test('rounds to the nearest, ties to even, and overflows at 65520', () => {
    const half = 2 ** -11
    const rounded = toFloat16(Float32Array.of(1 + half, 1 + 3 * half, 2 ** -25, 3 * 2 ** -25, 65519, 65520, -1e30))
    expect(Array.from(rounded)).toEqual([0x3c00, 0x3c02, 0x0000, 0x0002, 0x7bff, 0x7c00, 0xfc00])
    expect(toFloat16(Float32Array.of(2 - 2 ** -12, 1023.75 * 2 ** -24))).toEqual(Uint16Array.of(0x4000, 0x0400))
  })
})

describe('bfloat16', () => {
  const known: [bits: number, value: number][] = [
    [0x3f80, 1],
    [0xc020, -2.5],
    [0x0001, 2 ** -133],
    [0x8000, -0],
    [0xff80, -Infinity],
    [0x7fc0, NaN],
  ]

  test.each(known)('%i is %d, and back', (bits, value) => {
    expect(fromBfloat16(Uint16Array.of(bits))[0]).toBe(value)
    expect(toBfloat16(Float32Array.of(value))[0]).toBe(bits)
  })

  test('rounds to the nearest, ties to even', () => {
    const half = 2 ** -8
    expect(Array.from(toBfloat16(Float32Array.of(1 + half, 1 + 3 * half, 3.4e38)))).toEqual([0x3f80, 0x3f82, 0x7f80])
  })
})
