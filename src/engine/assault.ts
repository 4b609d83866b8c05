import type { Values } from '../exec/executor.ts'
import { isInput } from '../params.ts'
import type { RunRow } from './batcher.ts'
import { oneHot } from './decision.ts'
import { follow, type Visit } from './follow.ts'
import type { Job } from './job.ts'
import { toUnit, usableEps } from './lattice.ts'
import { type Probe, probe } from './probe.ts'
import { walk } from './walk.ts'

/** One image under one attack. */
export interface Assault<J extends Job = Job> {
  readonly run: RunRow
  readonly model: Probe
  readonly job: J
  /** Levels of the clean image, [C, H, W]. */
  readonly x0: Uint8Array
  /** The class to leave or reach. */
  readonly y: number
  /** What every call of its programs is given, x0 in [0, 1] among it. */
  readonly shared: Values
}

export function assault<J extends Job>(run: RunRow, job: J, x0: Uint8Array, y: number): Assault<J> {
  const { norm, eps, params, classes } = job
  const shared: Record<string, Float32Array> = { x0: toUnit(x0), y: oneHot(y, classes) }
  for (const [name, value] of Object.entries(params))
    if (isInput(name, value)) shared[`param:${name}`] = Float32Array.of(value)
  if (eps !== null) shared['param:eps'] = Float32Array.of(usableEps(norm, eps))
  return { run, job, x0, y, shared, model: probe(run, job, shared) }
}

/** Follows the attack from point to point, until `visit` says that the image is done. */
export const travel = (
  { run, model, job, x0, y, shared }: Assault,
  visit: (point: Visit) => Promise<boolean>,
): Promise<void> =>
  job.walker === null ? follow(run, model, job, x0, shared, visit) : walk(job.walker, model, job, x0, y, visit)
