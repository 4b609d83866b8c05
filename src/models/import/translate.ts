import { AdvxError } from '../../errors.ts'
import { nodeTitle, quote } from '../../formats/onnx/quote.ts'
import type { OnnxGraph, OnnxModel, OnnxNode } from '../../formats/onnx/schema.ts'
import type { Tensor } from '../../tensor.ts'
import { Call, type Setting } from './call.ts'
import { OPERATORS } from './operators.ts'
import { fromFile, isTensor, type Value } from './value.ts'

/** The value of `output`, computed from the given ones and the weights by the nodes that it needs. */
export function translate(
  { graph, opsets }: OnnxModel,
  given: ReadonlyMap<string, Value>,
  output: string,
  setting: Setting,
): Tensor {
  const values = new Map(given)
  const live = new Set(given.values())
  const lookup = (name: string): Value => {
    const known = values.get(name)
    if (known) return known
    const weight = graph.initializers.get(name)
    if (!weight) throw new AdvxError('model', `Nothing computes ${quote(name)}${isInput(graph, name)}.`)
    setting.budget.constant([weight.data.length])
    const value = fromFile(weight)
    values.set(name, value)
    return value
  }
  const needed = neededFor(output, graph)
  for (const [i, node] of graph.nodes.entries()) {
    if (!needed.has(node)) continue
    const opset = opsets.get(node.domain) ?? 0
    const operator = node.domain === '' ? OPERATORS.get(node.type) : undefined
    if (!operator) throw unknown(node, i, opset)
    within(node, i, opset, () => {
      const inputs = node.inputs.map(name => (name === '' ? undefined : lookup(name)))
      const fed = inputs.some(value => value !== undefined && live.has(value))
      const results = [operator(new Call(node, inputs, { opset, setting, live: fed }))].flat()
      for (const [k, value] of results.entries()) {
        if (isTensor(value)) setting.budget[fed ? 'activation' : 'constant'](value.shape)
        if (fed) live.add(value)
        if (node.outputs[k]) values.set(node.outputs[k], value)
      }
    })
  }
  const result = lookup(output)
  if (isTensor(result) && live.has(result)) return result
  throw new AdvxError('model', `The output ${quote(output)} does not depend on the picture.`)
}

const isInput = ({ inputs }: OnnxGraph, name: string): string =>
  inputs.some(input => input.name === name)
    ? ', a second input of the model: export it with pictures as the only one'
    : ''

/** The nodes that lead to a value. */
function neededFor(output: string, { nodes }: OnnxGraph): ReadonlySet<OnnxNode> {
  const maker = new Map(nodes.flatMap(node => node.outputs.map(name => [name, node])))
  const needed = new Set<OnnxNode>()
  const names = [output]
  while (names.length > 0) {
    const node = maker.get(names.pop()!)
    if (!node || needed.has(node)) continue
    needed.add(node)
    names.push(...node.inputs.filter(name => name !== ''))
  }
  return needed
}

/** What goes wrong in a node is told with the node. */
function within(node: OnnxNode, i: number, opset: number, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof AdvxError)) throw error
    const message = `The ${nodeTitle(node, i)} of opset ${opset} cannot be read. ${error.message}`
    throw new AdvxError('model', message, { cause: error })
  }
}

function unknown(node: OnnxNode, i: number, opset: number): AdvxError {
  const set = node.domain === '' ? 'ai.onnx' : node.domain
  const known = [...OPERATORS.keys()].sort().join(', ')
  return new AdvxError(
    'model',
    `The operator of ${nodeTitle(node, i)} from ${quote(set)}, opset ${opset}, is not known. Known are: ${known}.`,
  )
}
