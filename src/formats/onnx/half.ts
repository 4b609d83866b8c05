/**
 * The two 16-bit floating point formats and float32. Every value of theirs is a float32 exactly; back, the nearest is
 * taken and ties go to the even one. https://en.wikipedia.org/wiki/Half-precision_floating-point_format
 */

/** (-1)ˢ · 2^(e - 15) · (1 + m/1024) from the bits s eeeee mmmmmmmmmm; e = 0: subnormal; e = 31: infinite or NaN. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const mantissa = bits & 1023
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25)
}

let table: Float32Array | undefined

/** There are only 65,536 of them: looked up, not computed. */
export function fromFloat16(bits: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, i) => float16(i))
  const result = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) result[i] = table[bits[i]]
  return result
}

/** The nearest float16; from 65,520 on, infinity. */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) bits[i] = float16Bits(values[i])
  return bits
}

function float16Bits(x: number): number {
  const size = Math.abs(x)
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0
  if (Number.isNaN(x)) return 0x7e00
  if (size >= 65520) return sign | 0x7c00
  const exponent = Math.max(-14, Math.floor(Math.log2(size)))
  // Subnormals have the exponent -14 without the leading 1; a mantissa rounded up to 2048 is the next exponent's 1024.
  return sign | (((exponent + 14) << 10) + roundToEven(size / 2 ** (exponent - 10)))
}

function roundToEven(x: number): number {
  const up = Math.round(x)
  return up - x === 0.5 && up % 2 === 1 ? up - 1 : up
}

/** A bfloat16 is the upper half of a float32. */
export function fromBfloat16(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, b => b << 16).buffer)
}

export function toBfloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.slice().buffer)
  return Uint16Array.from(words, (word, i) =>
    Number.isNaN(values[i]) ? 0x7fc0 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16,
  )
}
