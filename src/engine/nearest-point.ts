import { numberOf } from '../params.ts'
import { type Assault, travel } from './assault.ts'
import { advantage } from './decision.ts'
import { lengths } from './lattice.ts'

/** What an attack without a budget came to, as float32. */
export interface Nearest {
  /** Adversarial, and the nearest found; null: none was. */
  readonly point: Float32Array | null
  /** The point that was looked at last. */
  readonly end: Float32Array
}

/** Of all adversarial points of an attack the nearest, and what is nearer on the way from there to x0. */
export async function nearestPoint(assault: Assault): Promise<Nearest> {
  const { job, y, shared } = assault
  let best = null as Float32Array | null
  let length = Infinity
  const kappa = numberOf(job.params, 'kappa', 0)
  let end: Float32Array = shared.x0
  await travel(assault, async ({ x, logits }) => {
    end = x
    if (advantage(logits, y, job.targeted) < kappa) return false
    const own = lengths(x, shared.x0, job.channels)[job.norm]
    if (own < length) {
      best = x
      length = own
    }
    return false
  })
  return { point: best && job.norm !== 'l0' ? await toBoundary(assault, best) : best, end }
}

/** Halvings of the way that is left from an adversarial point to the boundary: to 1/256 of its length. */
const HALVINGS = 8

/** The adversarial point nearest to x0 on the way there from `x`. */
async function toBoundary(
  { model, job: { targeted, params }, y, shared: { x0 } }: Assault,
  x: Float32Array,
): Promise<Float32Array> {
  const kappa = numberOf(params, 'kappa', 0)
  let [low, high, found] = [0, 1, x]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = i === 0 ? 1 - 1 / 16 : (low + high) / 2
    const point = x.map((v, k) => x0[k] + middle * (v - x0[k]))
    if (advantage(await model.logits(point), y, targeted) >= kappa) [high, found] = [middle, point]
    else low = middle
  }
  return found
}
