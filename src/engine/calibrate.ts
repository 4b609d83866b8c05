import type { Artifact } from '../exec/executor.ts'
import type { Classifier } from '../models/load.ts'
import type { Crew, Pool } from './pool.ts'
import type { Prepared } from './prepare.ts'

/** Opened programs, and what is known of them. */
export interface Opened {
  readonly pool: Pool
  /** Images that run together. */
  readonly batch: number
  /** What a gradient costs an image, alone. */
  readonly milliseconds: number
  readonly notes: readonly string[]
}

/** Compiles the programs and opens them, with as many images together as the model likes. */
export async function open({ executor, programs, classifier }: Prepared, crew: Crew): Promise<Opened> {
  const artifacts: Record<string, Artifact> = {}
  for (const [name, fn] of Object.entries(programs)) artifacts[name] = await executor.compile(fn)
  const pool = await crew.open(artifacts)
  return { pool, ...(await calibrate(pool, Object.keys(programs), classifier)) }
}

/**
 * Images a batch: it saves some 0.2 ms a call, so that the slower a step is, the less it is worth its trial; and 1 where
 * pictures together do not get, to the last bit, what each gets alone: a result must not depend on batch mates.
 */
async function calibrate(
  pool: Pool,
  names: readonly string[],
  { input, classes, batch: able }: Classifier,
): Promise<Omit<Opened, 'pool'>> {
  const noise = (seed: number): Uint8Array =>
    Uint8Array.from(
      { length: input.channels * input.height * input.width },
      (_, i) => (Math.sin(i * 12.9898 + seed * 78.233) * 43758.5453) & 255,
    )
  const heavy = names.find(name => name.endsWith('/heavy'))!
  const { milliseconds } = await pool.trial(heavy, [noise(0), noise(1)], classes.length)
  const wanted = able === 1 || milliseconds >= 4 ? 1 : milliseconds >= 0.4 ? 4 : 16
  if (wanted === 1) return { batch: 1, milliseconds, notes: [] }
  // Full, and half full with other pictures in other rows.
  const batches = [wanted, wanted / 2 + 1].map((n, k) => Array.from({ length: n }, (_, i) => noise(7 * k + i)))
  for (const name of names)
    for (const pictures of batches)
      if (!(await pool.trial(name, pictures, classes.length)).same)
        return {
          batch: 1,
          milliseconds,
          notes: [`Pictures run one at a time: in a batch the model's '${name}' part gives other bits than alone.`],
        }
  await pool.setBatch(wanted)
  return { batch: wanted, milliseconds, notes: [] }
}
