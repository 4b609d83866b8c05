import { AdvxError } from '../../errors.ts'
import { nodeTitle } from './quote.ts'
import type { OnnxNode } from './schema.ts'
import { reads } from './scope.ts'

/**
 * The nodes in an order in which each value is computed before it is read: the file's own order where it is one.
 * Depth first, on a stack of its own: a chain of nodes may be longer than the call stack. Throws on a cycle.
 */
export function sortNodes(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const maker = new Map(nodes.flatMap(({ outputs }, i) => outputs.map(name => [name, i] as const)))
  maker.delete('')
  const sorted: OnnxNode[] = []
  const state: ('open' | 'done' | undefined)[] = nodes.map(() => undefined)
  for (const root of nodes.keys()) {
    const stack = [root]
    while (stack.length > 0) {
      const i = stack.pop()!
      if (state[i] === 'open') sorted.push(nodes[i])
      if (state[i]) {
        state[i] = 'done'
        continue
      }
      state[i] = 'open'
      stack.push(i)
      for (const name of reads(nodes[i]).toReversed()) {
        const source = maker.get(name)
        if (source === undefined || state[source] === 'done') continue
        if (state[source] === 'open')
          throw new AdvxError('model', `The ${nodeTitle(nodes[i], i)} reads its own result: the graph has a cycle.`)
        stack.push(source)
      }
    }
  }
  return sorted
}
