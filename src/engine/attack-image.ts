import type { Values } from '../exec/executor.ts'
import type { NormName } from '../norms.ts'
import { fill, fingerprint } from '../random.ts'
import type { RunRow } from './batcher.ts'
import { advantage } from './decision.ts'
import { toUnit, usableEps } from './lattice.ts'
import { type Candidate, onLattice } from './on-lattice.ts'
import { probe, type Tally } from './probe.ts'
import type { DrawRow } from './trace.ts'

/** One attack at one budget, as plain data: what a worker needs to know besides its programs. */
export interface Job {
  /** Names of the programs: `<key>/start`, `<key>/heavy`, … */
  readonly key: string
  readonly norm: NormName
  readonly eps: number
  readonly params: Readonly<Record<string, number>>
  readonly targeted: boolean
  readonly earlyStop: boolean
  readonly seed: number
  readonly classes: number
  readonly channels: number
  readonly hasStart: boolean
  readonly gradient: boolean
  readonly startDraws: readonly DrawRow[]
  readonly stepDraws: readonly DrawRow[]
}

/** What became of one image. */
export interface Found extends Readonly<Tally> {
  /** The adversarial picture, inside ball and box; null: none was found. */
  readonly levels: Uint8Array | null
  readonly beforeRounding: { readonly adversarial: boolean; readonly linf: number; readonly l2: number }
}

/**
 * Attacks one image as if it were alone. `x0`: its levels, [C, H, W]; `y`: the class to leave or reach. A point of the
 * attack that is adversarial as float32 counts once a point of the 8-bit lattice inside the ball is adversarial too;
 * until then the attack goes on.
 */
export async function attackImage(run: RunRow, job: Job, x0: Uint8Array, y: number): Promise<Found> {
  const { key, norm, targeted, params, earlyStop } = job
  const unit = toUnit(x0)
  const shared: Record<string, Float32Array> = {
    x0: unit,
    y: oneHot(y, job.classes),
    'param:eps': Float32Array.of(usableEps(norm, job.eps)),
  }
  for (const [name, value] of Object.entries(params)) shared[`param:${name}`] = Float32Array.of(value)
  const model = probe(run, key, shared, job.gradient)
  let best: Candidate | null = null
  let before: Float32Array | null = null // the first point that was adversarial before rounding
  let last = unit

  /** Notes a point of the attack; whether the image is done. `end`: no step follows, so every point is tried. */
  const visit = async (
    x: Float32Array,
    logits: Float32Array,
    gradient?: Float32Array,
    end = false,
  ): Promise<boolean> => {
    last = x
    const adversarial = advantage(logits, y, targeted) >= 0
    if (adversarial) before ??= x
    if (end || (adversarial && !best)) {
      const found = await onLattice(model, job, x0, y, x, gradient)
      if (found && (!best || found.advantage > best.advantage)) best = found
    }
    return best !== null && earlyStop
  }

  /** One restart; whether the image is done. */
  const climb = async (restart: number): Promise<boolean> => {
    const drawn = (draws: readonly DrawRow[], t: number) => numbers(draws, x0, job.seed, restart, t)
    let state: Values = { 'state:x': unit }
    if (job.hasStart) state = asState(await run(`${key}/start`, { ...shared, ...drawn(job.startDraws, -1) }))
    for (let t = 0; t < (params.steps ?? 1); t++) {
      const given = { ...shared, ...state, ...drawn(job.stepDraws, t), t: Float32Array.of(t) }
      const seen = await model.heavy(given)
      if (await visit(state['state:x'], seen.logits, seen.gradient)) return true
      state = asState(await run(`${key}/light`, { ...given, ...seen }))
    }
    return visit(state['state:x'], await model.logits(state['state:x']), undefined, true)
  }

  for (let restart = 0; restart < (params.restarts ?? 1); restart++) if (await climb(restart)) break
  const found = best as Candidate | null // assigned in `visit`
  return {
    levels: found?.levels ?? null,
    beforeRounding: { adversarial: before !== null, ...floatDistances(before ?? last, unit) },
    ...model.tally,
  }
}

export function oneHot(k: number, length: number): Float32Array {
  const out = new Float32Array(length)
  out[k] = 1
  return out
}

/** What a step gives is what the next one is given. */
const asState = (next: Values): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(next).map(([name, value]) => [name.replace('next:', 'state:'), value]))

/** The random numbers of one step of one image: they depend on nothing else. */
function numbers(draws: readonly DrawRow[], x0: Uint8Array, ...key: readonly number[]): Record<string, Float32Array> {
  return Object.fromEntries(
    draws.map(({ name, distribution, length }, draw) => {
      const values = new Float32Array(length)
      fill(values, distribution, fingerprint(x0, ...key, draw))
      return [name, values]
    }),
  )
}

function floatDistances(a: Float32Array, b: Float32Array): { linf: number; l2: number } {
  let [max, squares] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i] - b[i])
    max = Math.max(max, d)
    squares += d * d
  }
  return { linf: max, l2: Math.sqrt(squares) }
}
