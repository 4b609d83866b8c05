import type { Values } from '../exec/executor.ts'
import { numberOf } from '../params.ts'
import { fill, fingerprint, generator } from '../random.ts'
import { aimed } from './aims.ts'
import type { RunRow } from './batcher.ts'
import type { Job } from './job.ts'
import { toUnit } from './lattice.ts'
import type { Probe } from './probe.ts'
import type { DrawRow, ScheduleRow } from './trace.ts'

/** A point of an attack, and what the model says there. */
export interface Visit {
  readonly x: Float32Array
  readonly logits: Float32Array
  /** ∇ₓ of the loss at x, where the step needs it anyway. */
  readonly gradient: Float32Array | undefined
  /** No step follows in this restart. */
  readonly last: boolean
}

/**
 * Follows an attack on one image through its restarts, rounds and steps, from point to point, until `visit` says that
 * the image is done. `shared`: what every call of its programs is given.
 */
export async function follow(
  run: RunRow,
  model: Probe,
  job: Job,
  x0: Uint8Array,
  shared: Values,
  visit: (point: Visit) => Promise<boolean>,
): Promise<void> {
  const { key, params } = job
  const [steps, rounds] = [numberOf(params, 'steps', 1), numberOf(params, 'rounds', 1)]
  const aims = await aimed(model, job, shared)
  for (let restart = 0; restart < numberOf(params, 'restarts', 1) * aims.length; restart++) {
    const common = { ...shared, aim: aims[restart % aims.length] }
    const first = { ...common, ...at(job.schedules, 0), t: Float32Array.of(0) }
    const drawn = (draws: readonly DrawRow[], ...place: number[]) => numbers(draws, x0, job.seed, restart, ...place)
    let state: Values = { 'state:x': toUnit(x0) }
    if (job.hasStart) state = asState(await run(`${key}/start`, { ...first, ...drawn(job.startDraws, -1) }))
    for (let round = 0; round < rounds; round++) {
      if (round > 0)
        state = asState(await run(`${key}/round`, { ...first, ...state, ...drawn(job.roundDraws, -1 - round) }))
      let ended = false
      for (let t = 0; t < steps && !ended; t++) {
        const drawnNow = drawn(job.stepDraws, round * steps + t)
        const given = { ...common, ...state, ...drawnNow, ...at(job.schedules, t), t: Float32Array.of(t) }
        const seen = await model.heavy(given)
        const { logits, gradient } = seen
        if (await visit({ x: state['state:x'], logits, gradient, last: false })) return
        state = asState(await run(`${key}/light`, { ...given, ...seen }))
        ended = job.ends && state['state:done'][0] > 0
      }
      const last = round === rounds - 1
      if (ended && !last) continue
      const x = state['state:x']
      if (await visit({ x, logits: await model.logits(x), gradient: undefined, last })) return
    }
  }
}

/** What a step gives is what the next one is given. */
const asState = (next: Values): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(next).map(([name, value]) => [name.replace('next:', 'state:'), value]))

const at = (schedules: readonly ScheduleRow[], t: number): Values =>
  Object.fromEntries(schedules.map(({ name, values }) => [name, Float32Array.of(values[t])]))

/** The random numbers of one step of one image: they depend on nothing else. */
function numbers(draws: readonly DrawRow[], x0: Uint8Array, ...key: readonly number[]): Record<string, Float32Array> {
  return Object.fromEntries(
    draws.map(({ name, distribution, length }, draw) => {
      const values = new Float32Array(length)
      fill(values, distribution, generator(fingerprint(x0, ...key, draw)))
      return [name, values]
    }),
  )
}
