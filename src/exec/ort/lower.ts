import { rewrite, toposort } from '../../graph.ts'
import { simplify } from '../../simplify.ts'
import { bind, type Tensor } from '../../tensor.ts'

/** One rewriting of a graph on its way to a runtime. */
type Pass = (outputs: readonly Tensor[]) => Tensor[]

/**
 * From the graph as an attack means it to the operators that ONNX Runtime runs well. A pass that lays images out in
 * channel blocks would stand last.
 */
const PASSES: readonly Pass[] = [expandForms, simplify]

export const lower: Pass = outputs => PASSES.reduce<Tensor[]>((graph, pass) => pass(graph), [...outputs])

/** Operators whose ONNX form is given in terms of other operators become these. */
function expandForms(outputs: readonly Tensor[]): Tensor[] {
  let graph = [...outputs]
  while (toposort(graph).some(({ op }) => typeof op.onnx === 'object'))
    graph = rewrite(graph, ({ op, attrs }, inputs) =>
      typeof op.onnx === 'object' ? op.onnx.as(bind(op, inputs, attrs)) : undefined,
    )
  return graph
}
