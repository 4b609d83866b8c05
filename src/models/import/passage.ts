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
  /** At which node of the file a tensor was there first. */
  readonly #since = new Map<Tensor, number>()

  readonly observe: NonNullable<Setting['observe']> = (operator, inputs, results) => {
    const seen: Seen = { operator, inputs: inputs.filter(isTensor), results: results.filter(isTensor) }
    this.#mark(seen.inputs, this.#seen.length - 1)
    this.#mark(seen.results, this.#seen.length)
    this.#seen.push(seen)
  }

  #mark(tensors: readonly Tensor[], since: number): void {
    const stack = tensors.filter(t => !this.#since.has(t))
    while (stack.length > 0) {
      const t = stack.pop()!
      if (this.#since.has(t)) continue
      this.#since.set(t, since)
      stack.push(...t.inputs)
    }
  }

  /** For each operator the worst of its nodes. Operators of constants alone are not there. */
  kinds(): ReadonlyMap<string, Passage> {
    const ends = this.#seen.flatMap(({ results }) => results)
    const live = dependents(ends, new Set(toposort(ends).filter(isInput)))
    const kinds = new Map<string, Passage>()
    for (const [node, { operator, inputs, results }] of this.#seen.entries()) {
      const to = results.filter(t => live.has(t))
      // A constant that is repeated once a picture comes from none.
      if (to.length === 0 || !inputs.some(t => live.has(t))) continue
      // What was there before is what the node reads, or what that was made from.
      const kind = passage(to, t => this.#since.get(t)! < node, live)
      const before = kinds.get(operator)
      if (!before || ORDER.indexOf(kind) > ORDER.indexOf(before)) kinds.set(operator, kind)
    }
    return kinds
  }
}

/** Whether a gradient of the scores reaches the picture; `exact`: by derivatives alone, none passing straight through a step. */
export function reachesPicture(picture: Tensor, scores: Tensor, { exact = false } = {}): boolean {
  const between = dependents([scores], new Set([picture]))
  const live = exact ? new Set([...between].filter(t => !isStraightThrough(t.op))) : between
  return passage([scores], t => t === picture, live) !== 'none'
}

/** Follows gradients back from `ends` through what is `live` until one arrives at a source. */
function passage(ends: readonly Tensor[], isSource: (t: Tensor) => boolean, live: ReadonlySet<Tensor>): Passage {
  const met = new Set(ends)
  const stack = ends.filter(t => live.has(t))
  let rounded = false
  while (stack.length > 0) {
    const node = stack.pop()!
    if (isSource(node)) return rounded ? 'straight-through' : 'passes'
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
