import { AdvxError } from '../../errors.ts'
import type { OnnxAttribute } from '../onnx/schema.ts'
import { isObject, type Json } from './json.ts'

/**
 * The attributes of a TensorFlow node (AttrValue as JSON): numbers, truth as 0 or 1, texts, types by name, and lists of
 * these. Texts are in base64, whole numbers often in quotes; a function is its name. What is none of these is left out.
 * https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/attr_value.proto
 */
export const parseAttributes = (attributes: Json): ReadonlyMap<string, OnnxAttribute> =>
  new Map(
    Object.entries(attributes).flatMap(([name, value]) => {
      const parsed = isObject(value) ? parseValue(value) : undefined
      return parsed ? [[name, parsed] as const] : []
    }),
  )

function parseValue(value: Json): OnnxAttribute | undefined {
  if (value.s !== undefined) return { kind: 'string', value: decoded(value.s) }
  if (value.i !== undefined) return { kind: 'int', value: Number(value.i) }
  if (value.f !== undefined) return { kind: 'float', value: Number(value.f) }
  if (value.b !== undefined) return { kind: 'int', value: Number(value.b) }
  if (value.type !== undefined) return { kind: 'string', value: typeName(value.type) }
  if (isObject(value.func)) return { kind: 'string', value: String(value.func.name) }
  return isObject(value.list) ? parseList(value.list) : undefined
}

/** An empty list does not say of what. */
function parseList({ s, i, f, b, type }: Json): OnnxAttribute {
  if (Array.isArray(s) && s.length > 0) return { kind: 'strings', value: s.map(decoded) }
  if (Array.isArray(type) && type.length > 0) return { kind: 'strings', value: type.map(typeName) }
  if (Array.isArray(f) && f.length > 0) return { kind: 'floats', value: f.map(Number) }
  const whole = Array.isArray(i) && i.length > 0 ? i : Array.isArray(b) ? b : []
  return { kind: 'ints', value: whole.map(Number) }
}

/** Bytes in base64, or one by one. */
function decoded(value: unknown): string {
  if (typeof value === 'string') return Buffer.from(value, 'base64').toString('utf8')
  if (Array.isArray(value)) return Buffer.from(value).toString('utf8')
  throw new AdvxError('model', 'One of its texts is none.')
}

/** DataType by its number: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/types.proto */
const TYPES = 'invalid float double int32 uint8 int16 int8 string complex64 int64 bool'.split(' ')

/** `float`, `int32`: as in DT_FLOAT and DT_INT32. */
export const typeName = (value: unknown): string =>
  typeof value === 'number' ? (TYPES[value] ?? `type ${value}`) : String(value).replace(/^DT_/, '').toLowerCase()
