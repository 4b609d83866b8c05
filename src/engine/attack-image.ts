import type { Values } from '../exec/executor.ts'
import type { NormName } from '../norms.ts'
import { fill, fingerprint } from '../random.ts'
import type { RunRow } from './batcher.ts'
import { advantage } from './decision.ts'
import { distances, inside, intoBall, nearest, toUnit, upwards, usableEps } from './lattice.ts'
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
export interface Found {
  /** The adversarial picture, inside ball and box; null: none was found. */
  readonly levels: Uint8Array | null
  readonly beforeRounding: { readonly adversarial: boolean; readonly linf: number; readonly l2: number }
  readonly gradients: number
  readonly forwards: number
  /** Gradients that were 0 in every value, and those with values that are not finite (logits included). */
  readonly zeroGradients: number
  readonly nonFinite: number
}

interface Candidate {
  readonly levels: Uint8Array
  readonly advantage: number
}

/**
 * Attacks one image as if it were alone. `x0`: its levels, [C, H, W]; `y`: the class to leave or reach. A point of the
 * attack that is adversarial as float32 counts once a point of the 8-bit lattice inside the ball is adversarial too;
 * until then the attack goes on.
 */
export async function attackImage(run: RunRow, job: Job, x0: Uint8Array, y: number): Promise<Found> {
  const { key, norm, eps, targeted, params } = job
  const unit = toUnit(x0)
  const shared: Record<string, Float32Array> = {
    x0: unit,
    y: oneHot(y, job.classes),
    'param:eps': Float32Array.of(usableEps(norm, eps)),
  }
  for (const [name, value] of Object.entries(params)) shared[`param:${name}`] = Float32Array.of(value)
  const tally = { gradients: 0, forwards: 0, zeroGradients: 0, nonFinite: 0 }
  let best: Candidate | null = null
  let float: Float32Array | null = null // the first point that was adversarial before rounding
  let last: Float32Array = unit
  let context: Record<string, Float32Array> = {} // what the step under way was given

  const finite = (values: Float32Array): boolean => values.every(Number.isFinite)
  const logitsAt = async (x: Float32Array): Promise<Float32Array> => {
    tally.forwards++
    const { logits } = await run('forward', { x })
    if (!finite(logits)) tally.nonFinite++
    return logits
  }
  const judge = (gradient: Float32Array): Float32Array => {
    tally.gradients++
    if (!finite(gradient)) tally.nonFinite++
    else if (gradient.every(g => g === 0)) tally.zeroGradients++
    return gradient
  }
  // Where a step's own program gives the gradient, it serves here too.
  const gradientAt = async (x: Float32Array): Promise<Float32Array> => {
    const program = job.gradient ? 'heavy' : 'gradient'
    const given = { ...shared, ...context, x, 'state:x': x }
    return judge((await run(`${key}/${program}`, given)).gradient)
  }

  /** The first of the lattice points near x that is adversarial. */
  const onLattice = async (x: Float32Array, known: Float32Array | undefined): Promise<Candidate | null> => {
    const rounded = nearest(x)
    let gradient = known
    if (norm !== 'linf') gradient ??= await gradientAt(x)
    const tried: Uint8Array[] = []
    for (const round of [() => rounded, () => upwards(x, gradient!)]) {
      if (tried.length > 0) gradient ??= await gradientAt(x)
      const levels = intoBall(round(), x0, gradient ?? unit, norm, eps)
      if (tried.some(t => same(t, levels))) continue
      tried.push(levels)
      if (!inside(norm, eps, distances(levels, x0, job.channels))) continue
      const lead = advantage(await logitsAt(toUnit(levels)), y, targeted)
      if (lead >= 0) return { levels, advantage: lead }
    }
    return null
  }
  /** Notes a point of the attack; whether the image is done. */
  const visit = async (
    x: Float32Array,
    logits: Float32Array,
    gradient?: Float32Array,
    insist = false,
  ): Promise<boolean> => {
    last = x
    const adversarial = advantage(logits, y, targeted) >= 0
    if (adversarial) float ??= x
    if (!(adversarial || insist) || (best && !insist)) return false
    const found = await onLattice(x, gradient)
    if (found && (!best || found.advantage > best.advantage)) best = found
    return best !== null && job.earlyStop
  }

  for (let restart = 0; restart < (params.restarts ?? 1); restart++) {
    let state: Record<string, Float32Array> = { 'state:x': unit }
    if (job.hasStart)
      state = asState(await run(`${key}/start`, { ...shared, ...numbers(job.startDraws, x0, job.seed, restart, -1) }))
    const steps = params.steps ?? 1
    let done = false
    for (let t = 0; t < steps && !done; t++) {
      context = { ...state, ...numbers(job.stepDraws, x0, job.seed, restart, t), t: Float32Array.of(t) }
      const given = { ...shared, ...context }
      const heavy = await run(`${key}/heavy`, given)
      if (heavy.gradient) judge(heavy.gradient)
      else tally.gradients++
      if (!finite(heavy.logits)) tally.nonFinite++
      done = await visit(state['state:x'], heavy.logits, heavy.gradient)
      if (!done) state = asState(await run(`${key}/light`, { ...given, ...heavy }))
    }
    if (!done) done = await visit(state['state:x'], await logitsAt(state['state:x']), undefined, true)
    if (done) break
  }
  const before = float ?? last
  return {
    levels: (best as Candidate | null)?.levels ?? null,
    beforeRounding: { adversarial: float !== null, ...floatDistances(before, unit) },
    ...tally,
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

const same = (a: Uint8Array, b: Uint8Array): boolean => a.every((v, i) => v === b[i])

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
