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

/** Logits at a point, and a gradient there. */
export interface Slope {
  readonly logits: Float32Array
  readonly gradient: Float32Array
}

/** Asks the model about points of one image, and counts. */
export interface Probe {
  readonly tally: Tally
  logits(x: Float32Array): Promise<Float32Array>
  /** ∇ₓ of the loss at x. */
  gradient(x: Float32Array): Promise<Float32Array>
  /** ∇ₓ of the lead over the other classes, or of the target over them. */
  margin(x: Float32Array): Promise<Slope>
  /** Logits at x, and the gradient of Σ vₖ zₖ there. */
  pullback(x: Float32Array, v: Float32Array): Promise<Slope>
  /** The values of the layer that a parameter names. */
  layer(x: Float32Array): Promise<Float32Array>
  /** The gradient of their sum weighted by v. */
  layerPullback(x: Float32Array, v: Float32Array): Promise<Float32Array>
  /** The heavy part of a step, from whatever it needs to logits at x, the gradient there where it is free, and more. */
  heavy(given: Values): Promise<Values>
}

/** `run` with the programs of one attack; `shared`: what every call of them is given. */
export function probe(run: RunRow, { key, gradient: isFree, slopes, gradients }: Job, shared: Values): Probe {
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
    async pullback(x, v) {
      const { logits, gradient } = await run('pullback', { x, v })
      counted([gradient], 1)
      return { logits: finite(logits), gradient }
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
