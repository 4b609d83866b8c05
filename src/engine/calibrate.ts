import type { Classifier } from '../models/load.ts'
import type { Pool } from './pool.ts'
import type { Prepared } from './prepare.ts'
import { pullbackName } from './probe.ts'

/** Opened programs, and what is known of them. */
export interface Opened {
  /** Images that run together. */
  readonly batch: number
  /** What a gradient costs an image, alone, with its share of the forward pass. */
  readonly milliseconds: number
  /** Of the model's part of a step, as its artifact names it. */
  readonly layout: string
  readonly notes: readonly string[]
}

/**
 * Compiles the programs and opens them, each while the next compiles, with as many images together as the model likes.
 * `meanwhile` is called once all have compiled: from there on this thread has nothing to do.
 */
export async function open(prepared: Prepared, pool: Pool, meanwhile: () => void = () => {}): Promise<Opened> {
  const { executor, programs, classifier } = prepared
  const heavy = heavyOf(prepared)
  const opening: Promise<void>[] = []
  let layout = ''
  for (const [name, fn] of Object.entries(programs)) {
    const artifact = await executor.compile(fn)
    if (name === heavy.program) layout = artifact.layout
    const opened = pool.open(name, artifact)
    opened.catch(() => {}) // told when all have been compiled
    opening.push(opened)
  }
  meanwhile()
  await Promise.all(opening)
  return { layout, ...(await calibrate(pool, programs, classifier, heavy)) }
}

/** A program that stands for all, and the gradients that it gives an image. */
interface Heavy {
  readonly program: string
  readonly gradients: number
}

/** The model's part of a step of the first attack that has steps; what comes nearest where none has. */
function heavyOf({ passes, job }: Prepared): Heavy {
  const jobs = passes.map(job).flatMap(own => (own.stages.length > 0 ? own.stages.map(stage => stage.job) : own))
  const stepping = jobs.find(({ walker }) => walker === null)
  if (stepping) return { program: `${stepping.key}/heavy`, gradients: stepping.gradients }
  const asking = jobs.find(({ rows }) => rows > 0)
  return asking ? { program: pullbackName(asking.rows), gradients: asking.rows } : { program: 'forward', gradients: 1 }
}

/** Images that run together best, by what a gradient costs an image alone: 1 where it costs much, 16 where it is fast. */
export const microBatch = (milliseconds: number): number => (milliseconds >= 4 ? 1 : milliseconds >= 0.4 ? 4 : 16)

/**
 * Images a batch: it saves some 0.2 ms a call, so that the slower a step is, the less it is worth its trial; and 1 where
 * pictures together do not get, to the last bit, what each gets alone: a result must not depend on batch mates.
 */
async function calibrate(
  pool: Pool,
  programs: Readonly<Record<string, unknown>>,
  { input, classes, batch: able }: Classifier,
  heavy: Heavy,
): Promise<Omit<Opened, 'layout'>> {
  const noise = (seed: number): Uint8Array =>
    Uint8Array.from(
      { length: input.channels * input.height * input.width },
      (_, i) => (Math.sin(i * 12.9898 + seed * 78.233) * 43758.5453) & 255,
    )
  const trial = await pool.trial(heavy.program, [noise(0), noise(1)], classes.length)
  const milliseconds = trial.milliseconds / heavy.gradients
  const wanted = able === 1 ? 1 : microBatch(milliseconds)
  if (wanted === 1) return { batch: 1, milliseconds, notes: [] }
  // Full, and half full with other pictures in other rows.
  const batches = [wanted, wanted / 2 + 1].map((n, k) => Array.from({ length: n }, (_, i) => noise(7 * k + i)))
  const trials = Object.keys(programs).flatMap(name =>
    batches.map(async pictures => ((await pool.trial(name, pictures, classes.length)).same ? [] : [name])),
  )
  const [other] = (await Promise.all(trials)).flat()
  if (other !== undefined)
    return {
      batch: 1,
      milliseconds,
      notes: [`Pictures run one at a time: in a batch the model's '${other}' part gives other bits than alone.`],
    }
  await pool.setBatch(wanted)
  return { batch: wanted, milliseconds, notes: [] }
}
