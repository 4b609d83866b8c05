import { AdvxError } from '../../errors.ts'
import { sortNodes } from '../onnx/order.ts'
import { nodeTitle } from '../onnx/quote.ts'
import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from '../onnx/schema.ts'
import { definitions, demandKnown, demandUnique } from '../onnx/scope.ts'
import { parseAttributes, typeName } from './attribute.ts'
import { isObject, type Json, list, object, text } from './json.ts'

/** The set that TensorFlow's operators are of. */
export const TENSORFLOW = 'tensorflow'

/**
 * A GraphModel's topology, TensorFlow's GraphDef, as a graph: its Placeholders are inputs, its Consts are weights. The
 * result k > 0 of a node is called `name:k`, its first by its name alone.
 */
export function parseGraphModel(topology: Json, signature: Json, weights: ReadonlyMap<string, OnnxTensor>): OnnxGraph {
  const protos = list(topology.node, "'node' of the topology").map((node, i) => object(node, `node ${i}`))
  const [sources, others] = [protos.filter(isSource), protos.filter(proto => !isSource(proto))]
  const nodes = withOutputs(others.map(parseNode))
  const inputs = sources.filter(isPlaceholder).map(proto => placeholder(proto, signature))
  const initializers = new Map(
    sources
      .filter(proto => !isPlaceholder(proto))
      .map((proto, i) => {
        const name = text(proto.name, 'the name of a node')
        const weight = weights.get(name)
        if (weight) return [name, weight] as const
        throw new AdvxError('model', `The ${nodeTitle({ name, type: 'Const' }, i)} has no weight in the manifest.`)
      }),
  )
  const outputs = outputsOf(nodes, signature)
  const graph = { name: '', nodes, initializers, inputs, outputs, values: [] }
  const names = definitions(graph)
  demandUnique(names)
  demandKnown(
    nodes,
    outputs.map(({ name }) => name),
    new Set(names),
  )
  return { ...graph, nodes: sortNodes(nodes) }
}

const isPlaceholder = ({ op }: Json): boolean => op === 'Placeholder'
const isSource = (proto: Json): boolean => proto.op === 'Const' || isPlaceholder(proto)

/** `x:0` is x. */
const valueName = (name: string): string => name.replace(/:0$/, '')

function parseNode(proto: Json, i: number): OnnxNode {
  const name = text(proto.name, `the name of node ${i}`)
  const subject = `node '${name}'`
  const inputs = list(proto.input ?? [], `the inputs of ${subject}`).map(input => text(input, `an input of ${subject}`))
  return {
    name,
    type: text(proto.op, `the operator of ${subject}`),
    domain: TENSORFLOW,
    // ^x says that x comes before, and gives nothing.
    inputs: inputs.filter(input => !input.startsWith('^')).map(valueName),
    outputs: [name],
    attributes: parseAttributes(object(proto.attr ?? {}, `'attr' of ${subject}`)),
  }
}

/** Nodes do not say how many results they have: as many as others read. */
function withOutputs(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const last = new Map<string, number>()
  for (const input of nodes.flatMap(({ inputs }) => inputs)) {
    const [, name, place] = /^(.*):(\d{1,4})$/.exec(input) ?? []
    if (name !== undefined) last.set(name, Math.max(last.get(name) ?? 0, Number(place)))
  }
  return nodes.map(node => ({
    ...node,
    outputs: Array.from({ length: (last.get(node.name) ?? 0) + 1 }, (_, k) =>
      k === 0 ? node.name : `${node.name}:${k}`,
    ),
  }))
}

/** Of the signature where the node leaves its shape open. */
function placeholder({ name: said, attr }: Json, signature: Json): OnnxValue {
  const name = text(said, 'the name of a Placeholder')
  const { shape, dtype } = isObject(attr) ? attr : {}
  const own = dimsOf(isObject(shape) ? shape.shape : undefined)
  const told = entries(signature.inputs).find(entry => entry.name === name)
  const type = isObject(dtype) ? typeName(dtype.type) : 'float'
  return { name, type: type === 'float' ? 'float32' : type, dims: own ?? told?.dims ?? null }
}

function outputsOf(nodes: readonly OnnxNode[], signature: Json): readonly OnnxValue[] {
  const told = entries(signature.outputs)
  if (told.length > 0) return told
  const read = new Set(nodes.flatMap(({ inputs }) => inputs))
  return nodes
    .filter(({ outputs }) => !outputs.some(name => read.has(name)))
    .map(({ name }) => ({ name, type: null, dims: null }))
}

/** TensorInfos by name: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/meta_graph.proto */
const entries = (infos: unknown): OnnxValue[] =>
  Object.entries(isObject(infos) ? infos : {}).flatMap(([key, info]) => {
    if (!isObject(info)) return []
    const type = info.dtype === undefined ? null : typeName(info.dtype)
    const name = typeof info.name === 'string' ? info.name : key
    return [{ name: valueName(name), type: type === 'float' ? 'float32' : type, dims: dimsOf(info.tensorShape) }]
  })

/** −1 and absent sizes are open. */
function dimsOf(shape: unknown): OnnxValue['dims'] {
  if (!isObject(shape) || shape.unknownRank === true) return null
  if (shape.dim === undefined) return null
  return list(shape.dim, 'the shape of an input').map(dim => {
    const size = Number(object(dim, 'an axis').size ?? -1)
    return Number.isSafeInteger(size) && size >= 0 ? size : null
  })
}
