import { expected } from '../../errors.ts'
import type { Draft } from '../protobuf/message.ts'
import { elementCode, elementName } from './element.ts'
import type { DimensionProto, ValueProto } from './proto.ts'
import { quote } from './quote.ts'
import type { OnnxValue } from './schema.ts'

/** The value of a ValueInfoProto. Sequences, maps and optionals have no type here; nothing computes with them. */
export function parseValue({ name, type }: ValueProto): OnnxValue {
  const tensor = type?.tensorType
  if (!tensor) return { name, type: null, dims: null }
  const dims = tensor.shape?.dim.map(dim => parseDimension(dim, name)) ?? null
  return { name, type: tensor.elemType === 0 ? null : elementName(tensor.elemType), dims }
}

function parseDimension({ value, param }: DimensionProto, name: string): number | string | null {
  if (value !== undefined && value < 0) throw expected('model', 'sizes of 0 and more', `value ${quote(name)}`, value)
  return value ?? (param || null)
}

export function valueProto({ name, type, dims }: OnnxValue): Draft<ValueProto> {
  if (type === null && dims === null) return { name }
  const dim = dims?.map(size => (typeof size === 'number' ? { value: size } : size === null ? {} : { param: size }))
  return { name, type: { tensorType: { elemType: type === null ? 0 : elementCode(type), shape: dim && { dim } } } }
}
