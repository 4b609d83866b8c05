import { AdvxError, expected } from '../../errors.ts'
import type { Draft } from '../protobuf/message.ts'
import type { AttributeProto, GraphProto, SparseProto, TensorProto } from './proto.ts'
import { quote } from './quote.ts'
import type { AttributeKind, OnnxAttribute, OnnxGraph, OnnxTensor } from './schema.ts'
import { parseSparse, sparseProto } from './sparse.ts'

/** AttributeProto.AttributeType: its number, and the field that holds the value. */
const KINDS: Readonly<Record<AttributeKind, readonly [code: number, field: keyof AttributeProto]>> = {
  float: [1, 'f'],
  int: [2, 'i'],
  string: [3, 's'],
  tensor: [4, 't'],
  graph: [5, 'g'],
  floats: [6, 'floats'],
  ints: [7, 'ints'],
  strings: [8, 'strings'],
  tensors: [9, 'tensors'],
  graphs: [10, 'graphs'],
  sparse: [11, 'sparse'],
}

/** What an attribute without its field means; a tensor and a graph have no such value. */
const NOTHING: Partial<Record<AttributeKind, number | string>> = { float: 0, int: 0, string: '' }

/** How tensors and graphs within attributes are read, and how they are written. */
export interface Reading {
  tensor(proto: TensorProto): OnnxTensor
  graph(proto: GraphProto): OnnxGraph
}
export interface Writing {
  tensor(tensor: OnnxTensor): Draft<TensorProto>
  graph(graph: OnnxGraph): Draft<GraphProto>
}

/** The attributes of a node; `subject` names the node in errors. */
export function parseAttributes(
  protos: readonly AttributeProto[],
  subject: string,
  reading: Reading,
): ReadonlyMap<string, OnnxAttribute> {
  const attributes = new Map<string, OnnxAttribute>()
  for (const proto of protos) {
    if (attributes.has(proto.name))
      throw new AdvxError('model', `The attribute ${quote(proto.name)} of ${subject} comes twice.`)
    attributes.set(proto.name, parseAttribute(proto, `attribute ${quote(proto.name)} of ${subject}`, reading))
  }
  return attributes
}

function parseAttribute(proto: AttributeProto, subject: string, reading: Reading): OnnxAttribute {
  const [kind, [, field]] = Object.entries(KINDS).find(([, [code]]) => code === proto.type) ?? [undefined, []]
  if (!kind || !field)
    throw expected('model', 'numbers, text, tensors or graphs', subject, `the attribute type ${proto.type}`)
  if (proto.refAttrName) return { kind: 'reference', value: proto.refAttrName, to: kind as AttributeKind }
  const value = proto[field] ?? NOTHING[kind as AttributeKind]
  if (value === undefined) throw expected('model', `a ${kind}`, subject, 'nothing')
  if (kind === 'sparse') return { kind, value: parseSparse(value as SparseProto, subject, reading.tensor) }
  return { kind, value: through(kind, value, reading) } as OnnxAttribute
}

/** The AttributeProtos of a node or function. */
export const attributeProtos = (
  attributes: ReadonlyMap<string, OnnxAttribute>,
  writing: Writing,
): Draft<AttributeProto>[] =>
  Array.from(attributes, ([name, attribute]) => {
    if (attribute.kind === 'reference') return { name, type: KINDS[attribute.to][0], refAttrName: attribute.value }
    const [type, field] = KINDS[attribute.kind]
    if (attribute.kind === 'sparse') return { name, type, sparse: sparseProto(attribute.value, writing.tensor) }
    return { name, type, [field]: through(attribute.kind, attribute.value, writing) }
  })

/** Tensors and graphs, alone or listed, change their form; numbers and texts are the same in both. */
function through(kind: string, value: unknown, parts: Reading | Writing): unknown {
  if (kind === 'tensor' || kind === 'graph') return parts[kind](value as never)
  if (kind === 'tensors') return (value as never[]).map(tensor => parts.tensor(tensor))
  return kind === 'graphs' ? (value as never[]).map(graph => parts.graph(graph)) : value
}
