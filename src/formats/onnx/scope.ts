import { AdvxError } from '../../errors.ts'
import { nodeTitle, quote } from './quote.ts'
import type { OnnxGraph, OnnxNode } from './schema.ts'

/** The values that a node reads: its inputs, and what the graphs in its attributes read from outside of them. */
export function reads(node: OnnxNode): readonly string[] {
  const graphs = Array.from(node.attributes.values()).flatMap(({ kind, value }) =>
    kind === 'graph' ? [value] : kind === 'graphs' ? value : [],
  )
  return [node.inputs.filter(name => name !== ''), ...graphs.map(graph => Array.from(captured(graph)))].flat()
}

/** The values that a graph reads and does not define: it takes them from the graph around it. */
export function captured(graph: OnnxGraph): ReadonlySet<string> {
  const own = new Set(definitions(graph))
  const names = [...graph.nodes.flatMap(reads), ...graph.outputs.map(({ name }) => name)]
  return new Set(names.filter(name => !own.has(name)))
}

/** All values that a graph defines. */
export const definitions = ({ inputs, initializers, nodes }: OnnxGraph): readonly string[] => [
  ...inputs.map(({ name }) => name),
  ...initializers.keys(),
  ...nodes.flatMap(({ outputs }) => outputs).filter(name => name !== ''),
]

/** Throws where a name comes twice: a value has one definition. */
export function demandUnique(names: Iterable<string>): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) throw new AdvxError('model', `The value ${quote(name)} is defined twice.`)
    seen.add(name)
  }
}

/** Throws where nodes read or `outputs` name a value that is not among the `known` ones. */
export function demandKnown(nodes: readonly OnnxNode[], outputs: readonly string[], known: ReadonlySet<string>): void {
  for (const [i, node] of nodes.entries()) {
    const missing = reads(node).find(name => !known.has(name))
    if (missing !== undefined)
      throw new AdvxError('model', `The ${nodeTitle(node, i)} reads ${quote(missing)}, which nothing defines.`)
  }
  const missing = outputs.find(name => !known.has(name))
  if (missing !== undefined) throw new AdvxError('model', `Nothing computes the output ${quote(missing)}.`)
}
