import { type BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { AdvxError } from '../../errors.ts'
import { type Budget, COST, spend } from './budget.ts'

/** How one value of a type of Protocol Buffers is read and written: https://protobuf.dev/programming-guides/encoding */
export interface Kind<T> {
  readonly wire: WireType
  read(reader: BinaryReader, budget: Budget): T
  write(writer: BinaryWriter, value: T): void
}

/** A kind with a value that stands for none. */
export interface Scalar<T> extends Kind<T> {
  readonly absent: T
}

export const int32: Scalar<number> = {
  wire: WireType.Varint,
  absent: 0,
  read: reader => reader.int32(),
  write: (writer, value) => writer.int32(value),
}

/** A 64-bit integer as a bigint, exact: for the elements of tensors. */
export const bigint: Kind<bigint> = {
  wire: WireType.Varint,
  read: reader => BigInt(reader.int64()),
  write: (writer, value) => writer.int64(value),
}

export const biguint: Kind<bigint> = {
  wire: WireType.Varint,
  read: reader => BigInt(reader.uint64()),
  write: (writer, value) => writer.uint64(value),
}

const INT64_MAX = 2n ** 63n - 1n
const FAR = 2 ** 62

/**
 * A 64-bit integer as a number: for sizes, axes and versions.
 *
 * Exact up to 2⁵³ - 1. Exporters write INT64_MAX, INT64_MIN or their neighbours for "to the end" (Slice): whatever is
 * 2⁶² or more away from zero becomes ±Number.MAX_SAFE_INTEGER, and is written as INT64_MAX or -INT64_MAX again.
 * In between no number is exact and none has a meaning as a size: a `model` error.
 */
export const int64: Scalar<number> = {
  wire: WireType.Varint,
  absent: 0,
  read(reader) {
    const value = Number(reader.int64())
    if (Number.isSafeInteger(value)) return value
    if (value >= FAR) return Number.MAX_SAFE_INTEGER
    if (value <= -FAR) return Number.MIN_SAFE_INTEGER
    throw new AdvxError('model', `the integer ${value} is beyond 2^53 and cannot be kept exactly`)
  },
  write(writer, value) {
    if (value === Number.MAX_SAFE_INTEGER) writer.int64(INT64_MAX)
    else writer.int64(value === Number.MIN_SAFE_INTEGER ? -INT64_MAX : BigInt(value))
  },
}

export const float: Kind<number> = {
  wire: WireType.Bit32,
  read: reader => reader.float(),
  write: (writer, value) => writer.float(value),
}

export const double: Kind<number> = {
  wire: WireType.Bit64,
  read: reader => reader.double(),
  write: (writer, value) => writer.double(value),
}

/** Bytes that are a view of the file: nothing is copied. */
export const bytes: Scalar<Uint8Array> = {
  wire: WireType.LengthDelimited,
  absent: new Uint8Array(0),
  read: reader => reader.bytes(),
  write: (writer, value) => writer.bytes(value),
}

/** Text in UTF-8; what is no UTF-8 becomes U+FFFD, as names need not be pretty to be told apart. */
export const string: Scalar<string> = {
  wire: WireType.LengthDelimited,
  absent: '',
  read(reader, budget) {
    const start = reader.pos
    const length = reader.uint32()
    reader.pos = start
    spend(budget, COST.text * length)
    return reader.string()
  },
  write: (writer, value) => writer.string(value),
}
