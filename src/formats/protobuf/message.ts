import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { AdvxError } from '../../errors.ts'
import { type Budget, COST, fullBudget, type Place, spend } from './budget.ts'
import type { Field } from './fields.ts'
import type { Kind } from './kinds.ts'

// biome-ignore lint/suspicious/noExplicitAny: a table holds fields of all types; Decoded recovers each one's
type Fields = Readonly<Record<string, Field<any>>>

/** A message's name and its table of fields. Fields of a file that the table does not list are skipped. */
export interface Message<F extends Fields = Fields> {
  readonly name: string
  readonly fields: F
  readonly byNumber: ReadonlyMap<number, readonly [key: string, field: F[string]]>
}

/** The plain object that a message's table describes. */
export type Decoded<M extends Message> = { [K in keyof M['fields']]: ReturnType<M['fields'][K]['absent']> }

export const message = <F extends Fields>(name: string, fields: F): Message<F> => ({
  name,
  fields,
  byNumber: new Map(Object.entries(fields).map(([key, field]) => [field.number, [key, field as F[string]]])),
})

/** A message to be written: what is left out is not written. */
export type Draft<T> = T extends ArrayBufferView | string | number | undefined
  ? T
  : T extends readonly (infer E)[]
    ? readonly Draft<E>[]
    : { readonly [K in keyof T]?: Draft<T[K]> | undefined }

/** A message within a message; `of` is called late, so that messages can hold each other. */
export const nested = <T>(of: () => Message): Kind<T> => ({
  wire: WireType.LengthDelimited,
  read(reader, budget) {
    const bytes = reader.bytes()
    if (budget.depth === 0) throw new AdvxError('model', 'messages are nested too deeply')
    budget.depth--
    const value = read(of(), bytes, budget) as T
    budget.depth++
    return value
  },
  write(writer, value) {
    write(of(), value as object, writer.fork())
    writer.join()
  },
})

/** Decodes a file that is one message. Whatever is wrong with it is an AdvxError that names the field and its byte. */
export function decode<M extends Message>(type: M, bytes: Uint8Array): Decoded<M> {
  const budget = fullBudget()
  try {
    return read(type, bytes, budget) as Decoded<M>
  } catch (error) {
    const { name, message } = error as Error
    if (name === 'TypeError') throw error // not the bytes' fault: a bug
    const { place } = budget
    const where = place ? `${place.message}.${place.field} at byte ${place.byte - bytes.byteOffset}` : type.name
    throw new AdvxError(
      'model',
      `Cannot decode ${where}: ${message}. The file is cut short, damaged or of another kind: get it again.`,
      {
        cause: error,
      },
    )
  }
}

/** Encodes a file that is one message. */
export function encode<M extends Message>(type: M, value: Draft<Decoded<M>>): Uint8Array {
  const writer = new BinaryWriter()
  write(type, value, writer)
  return writer.finish()
}

function read(type: Message, bytes: Uint8Array, budget: Budget): object {
  spend(budget, COST.message)
  const reader = new BinaryReader(bytes)
  const result: Record<string, unknown> = {}
  for (const key in type.fields) result[key] = type.fields[key].absent()
  const place: Place = { message: type.name, field: 'tag', byte: 0 }
  while (reader.pos < reader.len) {
    budget.place = place
    place.field = 'tag'
    place.byte = bytes.byteOffset + reader.pos
    const [number, wire] = reader.tag()
    const known = type.byNumber.get(number)
    place.field = known ? known[0] : number
    if (known) result[known[0]] = known[1].read(reader, wire, result[known[0]], budget)
    else reader.skip(wire, number)
  }
  return result
}

function write(type: Message, value: object, writer: BinaryWriter): void {
  for (const [key, field] of Object.entries(type.fields)) {
    const content = (value as Record<string, unknown>)[key]
    if (content !== undefined && !(Array.isArray(content) && content.length === 0)) field.write(writer, content)
  }
}
