import { AdvxError } from '../../errors.ts'
import type { Draft } from '../protobuf/message.ts'
import { attributeProtos, parseAttributes, type Reading, type Writing } from './attribute.ts'
import type { ExternalFolder } from './external.ts'
import { plainDomain } from './opset.ts'
import { sortNodes } from './order.ts'
import type { GraphProto, NodeProto, SparseProto } from './proto.ts'
import { nodeTitle, quote } from './quote.ts'
import type { OnnxGraph, OnnxNode, OnnxValue } from './schema.ts'
import { definitions, demandKnown, demandUnique } from './scope.ts'
import { parseSparse } from './sparse.ts'
import { type Place, parseTensor, tensorProto } from './tensor.ts'
import { parseValue, valueProto } from './value.ts'

/** Graphs within the attributes of graphs, such as the branches of an If. */
const MAX_DEPTH = 16

/** How the parts of graphs are read: tensors from files beside the model too, graphs within graphs so deep and no deeper. */
export const reading = (external: ExternalFolder, depth = 0): Reading => ({
  tensor: proto => parseTensor(proto, external),
  graph(proto) {
    if (depth === MAX_DEPTH) throw new AdvxError('model', `Graphs are nested more than ${MAX_DEPTH} deep.`)
    return innerGraph(proto, reading(external, depth + 1))
  },
})

/** The graph of a model: it computes its outputs from its inputs and weights alone. */
export function parseGraph(proto: GraphProto, external: ExternalFolder): OnnxGraph {
  const graph = innerGraph(proto, reading(external))
  const outputs = graph.outputs.map(({ name }) => name)
  demandKnown(graph.nodes, outputs, new Set(definitions(graph)))
  return graph
}

/** A graph that may read values of the graphs around it. Each value is defined once and before it is read. */
function innerGraph(proto: GraphProto, parts: Reading): OnnxGraph {
  const weights = proto.initializer.map(parts.tensor)
  const inputs = proto.input.map(parseValue)
  for (const values of [weights, inputs]) demandUnique(values.map(({ name }) => name))
  const initializers = new Map(weights.map(tensor => [tensor.name, tensor]))
  const graph = {
    name: proto.name,
    nodes: [...proto.sparseInitializer.map(sparse => sparseConstant(sparse, parts)), ...parseNodes(proto.node, parts)],
    initializers,
    inputs: inputs.filter(({ name }) => !initializers.has(name)),
    outputs: proto.output.map(parseValue),
    values: proto.valueInfo.map(parseValue),
  }
  demandUnique(definitions(graph))
  return { ...graph, nodes: sortNodes(graph.nodes) }
}

/** A sparse initializer as the Constant that it is, under the name of its values. */
function sparseConstant(proto: SparseProto, parts: Reading): OnnxNode {
  const name = proto.values?.name ?? ''
  const value = parseSparse(proto, `initializer ${quote(name)}`, parts.tensor)
  const attributes = new Map([['sparse_value', { kind: 'sparse', value } as const]])
  return { name: '', type: 'Constant', domain: '', inputs: [], outputs: [name], attributes }
}

export const parseNodes = (protos: readonly NodeProto[], parts: Reading): readonly OnnxNode[] =>
  protos.map(({ name, opType, domain, overload, input, output, attribute }, i) => {
    if (!opType) throw new AdvxError('model', `The node ${quote(name || String(i))} has no operator.`)
    const attributes = parseAttributes(attribute, nodeTitle({ name, type: opType }, i), parts)
    const which = overload === '' ? {} : { overload }
    return { name, type: opType, domain: plainDomain(domain), ...which, inputs: input, outputs: output, attributes }
  })

/** How a graph is written: where the bytes of its initializers go, and whether they have to be inputs too (IR < 4). */
export interface GraphStyle {
  readonly place: (bytes: Uint8Array) => Place | undefined
  readonly weightsAreInputs: boolean
}

/** How the parts of nodes are written: tensors into the model's file, and graphs without weights among their inputs. */
export const writing = (style: GraphStyle): Writing => ({
  tensor: tensor => tensorProto(tensor),
  graph: graph => graphProto(graph, { ...style, weightsAreInputs: false }),
})

export function graphProto(graph: OnnxGraph, style: GraphStyle): Draft<GraphProto> {
  const weights = Array.from(graph.initializers.values())
  const inputs: readonly OnnxValue[] = style.weightsAreInputs ? [...graph.inputs, ...weights] : graph.inputs
  return {
    name: graph.name,
    node: nodeProtos(graph.nodes, writing(style)),
    initializer: weights.map(tensor => tensorProto(tensor, style.place)),
    input: inputs.map(valueProto),
    output: graph.outputs.map(valueProto),
    valueInfo: graph.values.map(valueProto),
  }
}

export const nodeProtos = (nodes: readonly OnnxNode[], parts: Writing): Draft<NodeProto>[] =>
  nodes.map(({ name, type, domain, overload = '', inputs, outputs, attributes }) => ({
    name,
    opType: type,
    domain,
    overload,
    input: inputs,
    output: outputs,
    attribute: attributeProtos(attributes, parts),
  }))
