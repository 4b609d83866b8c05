import { BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { AdvxError } from '../../errors.ts'
import { type Budget, COST, spend } from './budget.ts'
import type { Kind, Scalar } from './kinds.ts'

/** One line of a message's table: the number of a field and what to do when it comes. */
export interface Field<T> {
  readonly number: number
  /** The value where the field does not come. */
  absent(): T
  /** The value after one more occurrence; `before` is the value so far. */
  read(reader: BinaryReader, wire: WireType, before: T, budget: Budget): T
  write(writer: BinaryWriter, value: T): void
}

/** At most one value; where the file has none, what stands for none: a number's 0, a text's ''. The last one counts. */
export const one = <T>(number: number, kind: Scalar<T>): Field<T> => ({
  number,
  absent: () => kind.absent,
  read(reader, wire, _, budget) {
    demand(wire, kind.wire)
    return kind.read(reader, budget)
  },
  write: (writer, value) => kind.write(writer.tag(number, kind.wire), value),
})

/**
 * At most one value, where none is not the same as 0 or ''; also a message in a message. Protobuf merges a message
 * that comes twice, which no exporter needs and which hides a graph behind a graph: an error.
 */
export const maybe = <T>(number: number, kind: Kind<T>): Field<T | undefined> => ({
  number,
  absent: () => undefined,
  read(reader, wire, before, budget) {
    demand(wire, kind.wire)
    if (before !== undefined) throw new AdvxError('model', 'it comes twice')
    return kind.read(reader, budget)
  },
  write: (writer, value) => kind.write(writer.tag(number, kind.wire), value as T),
})

/** Any number of values; those that are numbers may come one by one or packed into one run of bytes. */
export const list = <T>(number: number, kind: Kind<T>): Field<T[]> => ({
  number,
  absent: () => [],
  read(reader, wire, before, budget) {
    const packed = wire === WireType.LengthDelimited && kind.wire !== wire
    if (!packed) demand(wire, kind.wire)
    const source = packed ? new BinaryReader(reader.bytes()) : reader
    while (packed ? source.pos < source.len : true) {
      spend(budget, COST.element)
      before.push(kind.read(source, budget))
      if (!packed) break
    }
    return before
  },
  write(writer, values) {
    if (kind.wire === WireType.LengthDelimited) {
      for (const value of values) kind.write(writer.tag(number, kind.wire), value)
    } else {
      writer.tag(number, WireType.LengthDelimited).fork()
      for (const value of values) kind.write(writer, value)
      writer.join()
    }
  },
})

type Numbers = Int32Array | Float32Array | Float64Array | BigInt64Array | BigUint64Array

interface NumbersConstructor<A extends Numbers> {
  readonly BYTES_PER_ELEMENT: number
  new (length: number): A
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): A
}

/** The elements of a tensor: like `list`, into a typed array. */
export function bulk<A extends Numbers>(number: number, kind: Kind<A[number]>, array: NumbersConstructor<A>): Field<A> {
  const none = new array(0)
  /** `before` with room for `count` more. The buffer doubles, so that n elements one by one cost O(n). */
  function extend(before: A, count: number, budget: Budget): A {
    const length = before.length + count
    if (length * array.BYTES_PER_ELEMENT <= before.buffer.byteLength) return new array(before.buffer, 0, length)
    const room = Math.max(length, 2 * before.length)
    spend(budget, room * array.BYTES_PER_ELEMENT)
    const grown = new array(room)
    grown.set(before as never)
    return new array(grown.buffer, 0, length)
  }
  return {
    number,
    absent: () => none,
    read(reader, wire, before, budget) {
      if (wire !== WireType.LengthDelimited) {
        demand(wire, kind.wire)
        const after = extend(before, 1, budget)
        after[before.length] = kind.read(reader, budget)
        return after
      }
      const run = reader.bytes()
      const varints = kind.wire === WireType.Varint
      const count = varints
        ? run.reduce((sum, byte) => sum + Number(byte < 0x80), 0)
        : run.length / array.BYTES_PER_ELEMENT
      if (!Number.isInteger(count)) throw new AdvxError('model', `${run.length} bytes are no whole number of elements`)
      const after = extend(before, count, budget)
      if (varints) {
        const source = new BinaryReader(run)
        for (let i = before.length; source.pos < source.len; i++) after[i] = kind.read(source, budget)
      } else {
        new Uint8Array(after.buffer, before.byteLength).set(run)
      }
      return after
    },
    write(writer, values) {
      writer.tag(number, WireType.LengthDelimited).fork()
      for (const value of values) kind.write(writer, value as A[number])
      writer.join()
    },
  }
}

function demand(got: WireType, wanted: WireType): void {
  if (got !== wanted) throw new AdvxError('model', `wire type ${got} came where ${wanted} belongs`)
}
