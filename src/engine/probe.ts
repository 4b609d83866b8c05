import type { Scores, Slope } from '../attack.ts'
import type { Values } from '../exec/executor.ts'
import type { RunRow } from './batcher.ts'
import type { Job } from './job.ts'

/** What one image asked of the model, and what was wrong with the answers. */
export interface Tally {
  gradients: number
  forwards: number
  /** Gradients that were 0 in every value. */
  zeroGradients: number
  /** Gradients and logits with a value that is not finite. */
  nonFinite: number
}

/** Asks the model about points of one image, and counts. */
export interface Probe {
  readonly tally: Tally
  logits(x: Float32Array): Promise<Float32Array>
  /** ∇ₓ of the loss at x. */
  gradient(x: Float32Array): Promise<Float32Array>
  /** Logits at x, and ∇ₓ of the lead over the other classes, or of the target over them. */
  margin(x: Float32Array): Promise<Slope>
  /** At x, for each v in turn, the logits, and the gradient of the scores' sum weighted by v. */
  pullbacks(x: Float32Array, vs: readonly Float32Array[], scores: Scores): AsyncGenerator<Slope, void, void>
  /** The values of the layer that a parameter names. */
  layer(x: Float32Array): Promise<Float32Array>
  /** The gradient of their sum weighted by v. */
  layerPullback(x: Float32Array, v: Float32Array): Promise<Float32Array>
  /** The heavy part of a step, from whatever it needs to logits at x, the gradient there where it is free, and more. */
  heavy(given: Values): Promise<Values>
}

/** Of the program that pulls back so many rows at a point. */
export const pullbackName = (rows: number): string => `pullback:${rows}`

/** `run` with the programs of one attack; `shared`: what every call of them is given. */
export function probe(run: RunRow, { key, gradient: isFree, slopes, gradients, rows }: Job, shared: Values): Probe {
  const tally: Tally = { gradients: 0, forwards: 0, zeroGradients: 0, nonFinite: 0 }
  let context: Values = shared
  const finite = (values: Float32Array): Float32Array => {
    if (!allFinite(values)) tally.nonFinite++
    return values
  }
  const counted = (known: readonly Float32Array[], cost: number): void => {
    tally.gradients += cost
    if (known.length > 0 && known.every(gradient => finite(gradient).every(g => g === 0))) tally.zeroGradients += cost
  }
  return {
    tally,
    async logits(x) {
      tally.forwards++
      return finite((await run('forward', { x })).logits)
    },
    async gradient(x) {
      // The step's own program where it gives the gradient, else one that does nothing else.
      const program = isFree ? 'heavy' : 'gradient'
      const { gradient } = await run(`${key}/${program}`, { ...context, x, 'state:x': x })
      counted([gradient], 1)
      return gradient
    },
    async margin(x) {
      const { logits, gradient } = await run('margin', { x, y: shared.y })
      counted([gradient], 1)
      return { logits: finite(logits), gradient }
    },
    async *pullbacks(x, vs, scores) {
      for (let first = 0; first < vs.length; first += rows) {
        const some = vs.slice(first, first + rows)
        const given: Record<string, Float32Array> = { x }
        for (let i = 0; i < rows; i++) {
          const v = some[i] ?? some[0] // a row too many is computed, not looked at
          given[`v:${i}`] = v
          given[`share:${i}`] = Float32Array.of(scores === 'logits' ? 0 : v.reduce((sum, weight) => sum + weight, 0))
        }
        const result = await run(pullbackName(rows), given)
        const logits = finite(result.logits)
        for (const i of some.keys()) {
          const gradient = result[`gradient:${i}`]
          counted([gradient], 1)
          yield { logits, gradient }
        }
      }
    },
    async layer(x) {
      tally.forwards++
      return finite((await run(`${key}/layer`, { x })).layer)
    },
    async layerPullback(x, v) {
      const { gradient } = await run(`${key}/layerPullback`, { x, v })
      counted([gradient], 1)
      return gradient
    },
    async heavy(given) {
      context = given
      const result = await run(`${key}/heavy`, given)
      counted(
        slopes.map(name => result[name]),
        gradients,
      )
      finite(result.logits)
      return result
    },
  }
}

function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false
  return true
}
