import { rewrite } from '../../graph.ts'
import { simplify } from '../../simplify.ts'
import { bind, type Tensor } from '../../tensor.ts'
import { sinkTransposes } from '../../transposes.ts'
import { laidOut } from './in-layout.ts'
import { maskedGradients } from './masks.ts'

/** From the graph as an attack means it to the operators for which a backend `has` kernels, maps with channels last. */
export function lower(outputs: readonly Tensor[], has: (kernel: string) => boolean): Tensor[] {
  return maskedGradients(simplify(sinkTransposes(laid(simplify(expanded(outputs, has))))), has)
}

/** Operators that are given in terms of others become these. */
function expanded(outputs: readonly Tensor[], has: (kernel: string) => boolean): Tensor[] {
  let graph = [...outputs]
  for (let changed = true; changed; ) {
    changed = false
    graph = rewrite(graph, (node, inputs) => {
      const form = node.op.tfjs
      if (typeof form !== 'object') return undefined
      const others = form.as(bind(node.op, inputs, node.attrs), has)
      if (others) changed = true
      return others ?? undefined
    })
  }
  return graph
}

/** Operators whose rule has another order of axes, between transposes. */
const laid = (outputs: readonly Tensor[]): Tensor[] =>
  rewrite(outputs, (node, inputs) => {
    const form = node.op.tfjs
    return typeof form === 'object' && 'rule' in form ? laidOut(node, inputs, form) : undefined
  })
