import { AdvxError } from '../../errors.ts'
import { nodeTitle, quote } from '../onnx/quote.ts'
import type { OnnxNode, OnnxTensor } from '../onnx/schema.ts'

/** The set of the functions in a GraphModel's library. */
export const LIBRARY = 'tensorflow.library'

const LOOPS = new Set(['Enter', 'Exit', 'NextIteration', 'LoopCond', 'While', 'StatelessWhile'])
/** What gives its first input as it is. */
const SAME = new Set(['Identity', 'PlaceholderWithDefault', 'Snapshot', 'StopGradient', 'Switch'])
/** Nodes that call a function, by the attribute that names it. */
const CALLS: Readonly<Record<string, string>> = { PartitionedCall: 'f', StatefulPartitionedCall: 'f' }
const CONDITIONALS = new Set(['If', 'StatelessIf'])

/** @throws AdvxError with the fault `model` where there is a loop. */
export function demandNoLoops(nodes: readonly OnnxNode[]): void {
  const i = nodes.findIndex(({ type }) => LOOPS.has(type))
  if (i >= 0)
    throw new AdvxError(
      'model',
      `The ${nodeTitle(nodes[i], i)} cannot be read. advx reads no loops: convert the model without.`,
    )
}

/**
 * Sorted nodes without control flow: of a Switch with a constant condition the way that is taken is left, of a Merge what
 * comes in on it, and an If with such a condition calls the function of its branch. A Switch gives its input as `name`
 * where the condition is false, and as `name:1` where it is true.
 *
 * @throws AdvxError with the fault `model` where a condition is computed.
 */
export function withoutBranches(
  sorted: readonly OnnxNode[],
  weights: ReadonlyMap<string, OnnxTensor>,
): readonly OnnxNode[] {
  const truths = new Map<string, boolean>()
  const dead = new Set<string>()
  const known = (name: string): boolean | undefined => truths.get(name) ?? truthOf(weights.get(name))
  const decided = (node: OnnxNode, condition: string): boolean => {
    const truth = known(condition)
    if (truth !== undefined) return truth
    throw new AdvxError(
      'model',
      `The ${nodeTitle(node, sorted.indexOf(node))} cannot be read. Its condition ${quote(condition)} is no constant: convert the model for inference.`,
    )
  }

  return sorted.flatMap(node => {
    const { type, inputs, outputs } = node
    if (type === 'Merge') {
      const live = inputs.find(name => !dead.has(name))
      if (live !== undefined) return same(node, live, outputs[0])
    }
    if (inputs.some(name => dead.has(name))) {
      for (const name of outputs) dead.add(name)
      return []
    }
    const truth = known(inputs[0] ?? '')
    if (truth !== undefined && SAME.has(type)) for (const name of outputs) truths.set(name, truth)
    if (truth !== undefined && type === 'LogicalNot') truths.set(outputs[0], !truth)
    if (type === 'Switch') {
      const taken = Number(decided(node, inputs[1]))
      const other = outputs[1 - taken]
      if (other !== undefined) dead.add(other)
      return outputs[taken] === undefined ? [] : same(node, inputs[0], outputs[taken])
    }
    if (CONDITIONALS.has(type))
      return calling(node, decided(node, inputs[0]) ? 'then_branch' : 'else_branch', inputs.slice(1))
    return Object.hasOwn(CALLS, type) ? calling(node, CALLS[type], inputs) : node
  })
}

function truthOf(weight: OnnxTensor | undefined): boolean | undefined {
  return weight?.type === 'bool' && weight.data.length === 1 ? weight.data[0] !== 0 : undefined
}

const same = (node: OnnxNode, input: string, output: string): OnnxNode => ({
  ...node,
  type: 'Identity',
  inputs: [input],
  outputs: [output],
})

function calling(node: OnnxNode, attribute: string, inputs: readonly string[]): OnnxNode {
  const called = node.attributes.get(attribute)
  return called?.kind === 'string' ? { ...node, domain: LIBRARY, type: called.value, inputs } : node
}
