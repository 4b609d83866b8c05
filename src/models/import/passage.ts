import { dependents, toposort } from '../../graph.ts'
import { isStraightThrough } from '../../ops/quantize.ts'
import { isInput, type Tensor } from '../../tensor.ts'
import type { Setting } from './call.ts'
import { isTensor } from './value.ts'

/** Whether a gradient passes an operator, passes it as if it did not round, or ends there. */
export type Passage = 'passes' | 'straight-through' | 'none'

const ORDER: readonly Passage[] = ['passes', 'straight-through', 'none']

interface Seen {
  readonly operator: string
  readonly inputs: readonly Tensor[]
  readonly results: readonly Tensor[]
}

/** Watches an import, to tell of each operator of the file on the way from picture to scores what a gradient does there. */
export class Passages {
  readonly #seen: Seen[] = []

  readonly observe: NonNullable<Setting['observe']> = (operator, inputs, results) => {
    this.#seen.push({ operator, inputs: inputs.filter(isTensor), results: results.filter(isTensor) })
  }

  /** For each operator the worst of its nodes. Operators of constants alone are not there. */
  kinds(): ReadonlyMap<string, Passage> {
    const ends = this.#seen.flatMap(({ results }) => results)
    const live = dependents(ends, new Set(toposort(ends).filter(isInput)))
    const kinds = new Map<string, Passage>()
    for (const { operator, inputs, results } of this.#seen) {
      const [from, to] = [inputs, results].map(tensors => tensors.filter(t => live.has(t)))
      if (from.length === 0 || to.length === 0) continue
      const kind = passage(to, new Set(from), live)
      const before = kinds.get(operator)
      if (!before || ORDER.indexOf(kind) > ORDER.indexOf(before)) kinds.set(operator, kind)
    }
    return kinds
  }
}

/** Whether a gradient of the scores reaches the picture. */
export function reachesPicture(picture: Tensor, scores: Tensor): boolean {
  const sources = new Set([picture])
  return passage([scores], sources, dependents([scores], sources)) !== 'none'
}

/** Follows gradients back from `ends` until one arrives at one of `sources`. */
function passage(ends: readonly Tensor[], sources: ReadonlySet<Tensor>, live: ReadonlySet<Tensor>): Passage {
  const met = new Set(ends)
  const stack = [...ends]
  let rounded = false
  while (stack.length > 0) {
    const node = stack.pop()!
    if (sources.has(node)) return rounded ? 'straight-through' : 'passes'
    rounded ||= isStraightThrough(node.op)
    const cotangents = node.op.vjp(node, node, node.inputs, node.attrs)
    for (const [i, source] of node.inputs.entries()) {
      if (!cotangents[i] || !live.has(source) || met.has(source)) continue
      met.add(source)
      stack.push(source)
    }
  }
  return 'none'
}
