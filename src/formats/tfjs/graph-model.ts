import { AdvxError } from '../../errors.ts'
import { sortNodes } from '../onnx/order.ts'
import { nodeTitle } from '../onnx/quote.ts'
import type { OnnxFunction, OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from '../onnx/schema.ts'
import { definitions, demandKnown, demandUnique } from '../onnx/scope.ts'
import { typeName } from './attribute.ts'
import { demandNoLoops, withoutBranches } from './control-flow.ts'
import { parseNodes, valueName } from './graph-nodes.ts'
import { isObject, type Json, list, object, text } from './json.ts'
import { parseLibrary } from './library.ts'

/**
 * A GraphModel's topology, TensorFlow's GraphDef, as a graph without control flow and the functions that it calls: its
 * Placeholders are inputs, its Consts are weights.
 */
export function parseGraphModel(
  topology: Json,
  signature: Json,
  weights: ReadonlyMap<string, OnnxTensor>,
): { readonly graph: OnnxGraph; readonly functions: readonly OnnxFunction[] } {
  const protos = list(topology.node, "'node' of the topology").map((node, i) => object(node, `node ${i}`))
  const [sources, others] = [protos.filter(isSource), protos.filter(proto => !isSource(proto))]
  const nodes = parseNodes(others)
  demandNoLoops(nodes)
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
  return {
    graph: { ...graph, nodes: withoutBranches(sortNodes(nodes), weights) },
    functions: parseLibrary(topology.library, weights),
  }
}

const isPlaceholder = ({ op }: Json): boolean => op === 'Placeholder'
const isSource = (proto: Json): boolean => proto.op === 'Const' || isPlaceholder(proto)

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
