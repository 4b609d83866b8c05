import type { Tensor } from './tensor.ts'
import { bind } from './tensor.ts'

/** Nodes that `roots` depend on, inputs before users. A loop, not recursion: deep models overflow the stack. */
export function toposort(roots: readonly Tensor[]): Tensor[] {
  const done = new Set<Tensor>()
  const stack = [...roots].reverse()
  while (stack.length > 0) {
    const node = stack[stack.length - 1]
    const pending = done.has(node) ? [] : node.inputs.filter(t => !done.has(t))
    if (pending.length > 0) for (const t of pending.reverse()) stack.push(t)
    else done.add(stack.pop() as Tensor)
  }
  return [...done]
}

/**
 * Rebuilds the graph of `roots` from its leaves up. `rule` sees each node with its inputs already replaced and
 * gives what shall stand in its place; undefined keeps the node.
 */
export function rewrite(
  roots: readonly Tensor[],
  rule: (node: Tensor, inputs: readonly Tensor[]) => Tensor | undefined,
): Tensor[] {
  const replaced = new Map<Tensor, Tensor>()
  for (const node of toposort(roots)) {
    const inputs = node.inputs.map(t => replaced.get(t)!)
    const kept = (): Tensor => (inputs.every((t, i) => t === node.inputs[i]) ? node : bind(node.op, inputs, node.attrs))
    replaced.set(node, rule(node, inputs) ?? kept())
  }
  return roots.map(t => replaced.get(t)!)
}

/** The graph of `roots` with some of its nodes exchanged for others of the same shape. */
export const substitute = (roots: readonly Tensor[], by: ReadonlyMap<Tensor, Tensor>): Tensor[] =>
  rewrite(roots, node => by.get(node))

/** `roots` and everything that leads to them, as a set. */
export const ancestors = (roots: readonly Tensor[]): Set<Tensor> => new Set(toposort(roots))

/** The nodes of the graph of `roots` that depend on one of `sources`, these included. */
export function dependents(roots: readonly Tensor[], sources: ReadonlySet<Tensor>): Set<Tensor> {
  const found = new Set<Tensor>()
  for (const node of toposort(roots)) if (sources.has(node) || node.inputs.some(t => found.has(t))) found.add(node)
  return found
}
