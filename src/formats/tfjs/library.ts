import { AdvxError } from '../../errors.ts'
import { sortNodes } from '../onnx/order.ts'
import { quote } from '../onnx/quote.ts'
import type { OnnxFunction, OnnxNode, OnnxTensor } from '../onnx/schema.ts'
import { demandNoLoops, LIBRARY, withoutBranches } from './control-flow.ts'
import { parseNodes, valueName } from './graph-nodes.ts'
import { isObject, type Json, list, object, text } from './json.ts'

/**
 * The functions of a GraphModel, which an If and calls name:
 * https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/function.proto
 */
export function parseLibrary(library: unknown, weights: ReadonlyMap<string, OnnxTensor>): readonly OnnxFunction[] {
  const functions = isObject(library) ? list(library.function ?? [], "'function' of the library") : []
  return functions.map((value, i) => parseFunction(object(value, `function ${i} of the library`), weights))
}

function parseFunction({ signature, nodeDef, ret }: Json, weights: ReadonlyMap<string, OnnxTensor>): OnnxFunction {
  const { name: said, inputArg, outputArg } = object(signature, 'the signature of a function')
  const name = text(said, 'the name of a function')
  const subject = `the function ${quote(name)}`
  const results = object(ret ?? {}, `'ret' of ${subject}`)
  const names = (args: unknown): string[] =>
    list(args ?? [], `the arguments of ${subject}`).map(arg =>
      text(object(arg, `an argument of ${subject}`).name, `the name of an argument of ${subject}`),
    )
  const outputs = names(outputArg).map(arg => valueName(text(results[arg], `the result '${arg}' of ${subject}`)))
  const protos = list(nodeDef ?? [], `'nodeDef' of ${subject}`).map(node => object(node, `a node of ${subject}`))
  const nodes = parseNodes(protos, outputs)
  demandNoLoops(nodes)
  return {
    name,
    domain: LIBRARY,
    inputs: names(inputArg),
    outputs,
    attributes: [],
    defaults: new Map(),
    opsets: new Map(),
    nodes: withoutBranches(sortNodes(nodes), weights).map(node =>
      node.type === 'Const' ? weight(node, weights) : node,
    ),
  }
}

/** A weight among the nodes of a function. */
function weight(node: OnnxNode, weights: ReadonlyMap<string, OnnxTensor>): OnnxNode {
  const value = weights.get(node.name)
  if (!value) throw new AdvxError('model', `The node ${quote(node.name)} (Const) has no weight in the manifest.`)
  return { ...node, type: 'Constant', domain: '', attributes: new Map([['value', { kind: 'tensor', value }]]) }
}
