import { toposort } from '../../../graph.ts'
import { isElementwise } from '../../../ops/elementwise.ts'
import { bind, Tensor } from '../../../tensor.ts'
import { elementwise } from './elementwise.ts'
import { Layout } from './layout.ts'
import { RULES } from './rules.ts'

/**
 * The graph with its images in blocks of `size` channels wherever the runtime has operators for that. Convolutions
 * bring tensors into blocks, what follows them stays there as far as it can, and reorders stand at the borders:
 * everything else is computed as it was.
 */
export function inBlocks(outputs: readonly Tensor[], size: number): Tensor[] {
  const layout = new Layout(outputs, size)
  for (const node of toposort(outputs)) {
    const rule = RULES[node.op.name] ?? (isElementwise(node.op) ? elementwise : null)
    const made = rule?.(node, layout) ?? null
    if (made instanceof Tensor) layout.setPlain(node, made)
    else if (made) layout.setBlocks(node, made)
    else layout.setPlain(node, asBefore(node, layout))
  }
  return outputs.map(t => layout.plain(t))
}

function asBefore(node: Tensor, layout: Layout): Tensor {
  const inputs = node.inputs.map(t => layout.plain(t))
  return inputs.every((t, i) => t === node.inputs[i]) ? node : bind(node.op, inputs, node.attrs)
}
