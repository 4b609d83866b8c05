import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './half.ts'
import type { TensorProto } from './proto.ts'
import type { TensorData, TensorType } from './schema.ts'

/** TensorProto.DataType: the index is the number in the file. */
const NAMES = `undefined float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64
  complex128 bfloat16 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz uint4 int4 float4e2m1 float8e8m0 uint2
  int2`.split(/\s+/)

/** The name of an element type of the file; a number that ONNX had not given yet is spelt as that number. */
export const elementName = (code: number): string => NAMES[code] ?? `type ${code}`

export const elementCode = (name: string): number => Math.max(0, NAMES.indexOf(name))

interface NumbersConstructor<A> {
  readonly BYTES_PER_ELEMENT: number
  new (length: number): A
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): A
  from(values: Iterable<number>): A
}

export type Bits = Exclude<TensorData[TensorType], readonly string[]>

/**
 * How the elements of a type lie in a file: little endian as `array`, or one by one in the field `typed` of TensorProto.
 * `decode` and `encode` where what is held in memory is another type.
 */
export interface Storage {
  readonly array: NumbersConstructor<Bits>
  readonly typed: keyof TensorProto & `${string}Data`
  readonly decode?: (bits: Uint16Array) => Float32Array
  readonly encode?: (values: Float32Array) => Uint16Array
}

const storage = (
  array: unknown,
  typed: Storage['typed'],
  convert: Pick<Storage, 'decode' | 'encode'> = {},
): Storage => ({
  array: array as Storage['array'],
  typed,
  ...convert,
})

export const STORAGE: Readonly<Record<Exclude<TensorType, 'string'>, Storage>> = {
  float32: storage(Float32Array, 'floatData'),
  float64: storage(Float64Array, 'doubleData'),
  float16: storage(Uint16Array, 'int32Data', { decode: fromFloat16, encode: toFloat16 }),
  bfloat16: storage(Uint16Array, 'int32Data', { decode: fromBfloat16, encode: toBfloat16 }),
  int8: storage(Int8Array, 'int32Data'),
  uint8: storage(Uint8Array, 'int32Data'),
  int16: storage(Int16Array, 'int32Data'),
  uint16: storage(Uint16Array, 'int32Data'),
  int32: storage(Int32Array, 'int32Data'),
  uint32: storage(Uint32Array, 'uint64Data'),
  int64: storage(BigInt64Array, 'int64Data'),
  uint64: storage(BigUint64Array, 'uint64Data'),
  bool: storage(Uint8Array, 'int32Data'),
}
