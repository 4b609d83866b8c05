import { AdvxError } from '../../src/errors.ts'
import { evaluate } from '../../src/evaluate.ts'
import { backward } from '../../src/grad.ts'
import type { Tensor } from '../../src/tensor.ts'

export type Feeds = ReadonlyMap<Tensor, Float64Array>

/** The gradients of the scalar `y`, or null for an input that none reaches: then it has to be zero. */
export function gradients(y: Tensor, xs: readonly Tensor[]): (Tensor | null)[] {
  return xs.map(x => {
    try {
      return backward(y, [x])[0]
    } catch (error) {
      if (error instanceof AdvxError && /does not depend|No gradient reaches/.test(error.message)) return null
      throw error
    }
  })
}

export interface Slopes {
  /** Σᵢ ⟨∇ᵢ y, uᵢ⟩ by reverse mode. */
  readonly exact: number
  /** (y(x + h·u) − y(x − h·u)) / 2h. */
  readonly numeric: number
  /** Σᵢ Σₖ |∇ᵢ y · uᵢ|ₖ, what the rounding errors are measured against. */
  readonly scale: number
}

/** The slope of the scalar `y` along `along`, which has a direction for each input to move, both ways. */
export function slopes(y: Tensor, feeds: Feeds, along: Feeds, batch: number, h = 1e-5): Slopes {
  const xs = [...along.keys()]
  const reached = gradients(y, xs).flatMap((g, i) => (g ? [[g, xs[i]] as const] : []))
  const terms = evaluate(
    reached.map(([g]) => g),
    feeds,
    batch,
  ).map((g, i) => {
    const u = along.get(reached[i][1])!
    if (g.length !== u.length) throw new Error(`A gradient of ${g.length} numbers for an input of ${u.length}`)
    return g.map((v, k) => v * u[k])
  })
  const at = (step: number): number => {
    const moved = new Map(feeds)
    for (const [x, u] of along)
      moved.set(
        x,
        feeds.get(x)!.map((v, k) => v + step * u[k]),
      )
    return evaluate([y], moved, batch)[0][0]
  }
  const all = terms.flatMap(t => [...t])
  return {
    exact: all.reduce((a, b) => a + b, 0),
    numeric: (at(h) - at(-h)) / (2 * h),
    scale: all.reduce((a, b) => a + Math.abs(b), 0),
  }
}

/** How far the two slopes lie apart, as a share of what they are made of. */
export const relativeError = ({ exact, numeric, scale }: Slopes): number =>
  Math.abs(exact - numeric) / Math.max(scale, 1e-3)
