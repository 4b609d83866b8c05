import { rewrite, substitute, toposort } from '../../graph.ts'
import { isElementwise } from '../../ops/elementwise.ts'
import { size } from '../../shape.ts'
import { bind, isConstant, type Tensor } from '../../tensor.ts'

/**
 * f(x) · ∇pool(g, x, y) = ∇pool(g · f(y), x, y) for a max pooling y of x: its gradient lies where x is y. The mask of the
 * activation in front of the pooling then meets the small map, and not the large one.
 */
export function masksBehindPools(outputs: readonly Tensor[]): Tensor[] {
  const uses = new Map<Tensor, number>()
  for (const t of [...toposort(outputs).flatMap(node => node.inputs), ...outputs]) uses.set(t, (uses.get(t) ?? 0) + 1)
  const alone = new Set<Tensor>() // in the new graph
  return rewrite(outputs, (node, inputs) => {
    const kept = inputs.every((t, i) => t === node.inputs[i]) ? node : bind(node.op, inputs, node.attrs)
    const made = moved(kept, alone) ?? kept
    if (uses.get(node) === 1) alone.add(made)
    return made
  })
}

function moved({ op, inputs }: Tensor, alone: ReadonlySet<Tensor>): Tensor | undefined {
  if (op.name !== 'mul') return undefined
  for (const [pooled, mask] of [inputs, [...inputs].reverse()]) {
    if (pooled.op.name !== 'maxPoolInput' || !alone.has(pooled)) continue
    const [g, x, y] = pooled.inputs
    if (!isFunctionOf(mask, x)) continue
    const [small] = substitute([mask], new Map([[x, y]]))
    return bind(pooled.op, [g.mul(small), x, y], pooled.attrs)
  }
  return undefined
}

/** Whether each element of `t` is computed from the same element of `x`, and from numbers. */
function isFunctionOf(t: Tensor, x: Tensor): boolean {
  const pending = [t]
  const seen = new Set<Tensor>([x])
  for (const node of pending) {
    if (seen.has(node)) continue
    seen.add(node)
    if (isConstant(node) && size(node.shape) === 1) continue
    if (!isElementwise(node.op)) return false
    pending.push(...node.inputs)
  }
  return pending.includes(x)
}
