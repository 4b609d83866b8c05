import type { OnnxFunction, OnnxGraph, OnnxModel, OnnxNode } from '../../formats/onnx/schema.ts'
import { functionOf, functionTable } from './functions.ts'
import { operatorName } from './operators.ts'

type Counts = ReadonlyMap<string, number>

/**
 * How often a model uses each operator: in its graph, in both branches of each If, and in the bodies of its functions
 * as often as they are called.
 */
export function countOperators({ graph, functions }: OnnxModel): Counts {
  const table = functionTable(functions)
  const known = new Map<OnnxFunction, Counts>()
  const inNodes = (nodes: readonly OnnxNode[]): Counts => {
    const counts = new Map<string, number>()
    for (const node of nodes) {
      const made = functionOf(table, node)
      const own = made ? inFunction(made) : new Map([[operatorName(node), 1]])
      for (const part of [own, ...graphsOf(node).map(inner => inNodes(inner.nodes))])
        for (const [name, count] of part) counts.set(name, (counts.get(name) ?? 0) + count)
    }
    return counts
  }
  const inFunction = (made: OnnxFunction): Counts => {
    if (!known.has(made)) {
      known.set(made, new Map()) // should it call itself
      known.set(made, inNodes(made.nodes))
    }
    return known.get(made)!
  }
  return inNodes(graph.nodes)
}

/** How many numbers a model holds. */
export function weightsIn({ graph, functions }: OnnxModel): number {
  const inNodes = (nodes: readonly OnnxNode[]): number =>
    sum(nodes, node => sum([...node.attributes.values()], tensorsIn) + sum(graphsOf(node), inGraph))
  const inGraph = ({ initializers, nodes }: OnnxGraph): number =>
    sum([...initializers.values()], ({ data }) => data.length) + inNodes(nodes)
  return inGraph(graph) + sum(functions, made => inNodes(made.nodes))
}

const sum = <T>(list: readonly T[], count: (item: T) => number): number =>
  list.reduce((total, item) => total + count(item), 0)

const tensorsIn = ({ kind, value }: OnnxNode['attributes'] extends ReadonlyMap<string, infer A> ? A : never): number =>
  kind === 'tensor'
    ? value.data.length
    : kind === 'sparse'
      ? value.places.length
      : kind === 'tensors'
        ? sum(value, ({ data }) => data.length)
        : 0

const graphsOf = ({ attributes }: OnnxNode): readonly OnnxGraph[] =>
  Array.from(attributes.values()).flatMap(({ kind, value }) =>
    kind === 'graph' ? [value] : kind === 'graphs' ? [...value] : [],
  )
