import type { Values } from '../exec/executor.ts'
import { numberOf, type Params } from '../params.ts'
import { ranked } from '../ranked.ts'
import { oneHot } from './decision.ts'
import type { Job } from './job.ts'
import type { Probe } from './probe.ts'

/** How many classes an attack aims at, one a restart; 0: at none in particular. */
export const aims = (params: Params, targeted: boolean): number => (targeted ? 0 : numberOf(params, 'targets', 0))

/** The classes that the restarts aim at in turn, one-hot: the clean picture's likeliest others; one of no use for none. */
export async function aimed(
  model: Probe,
  { params, targeted, classes }: Pick<Job, 'params' | 'targeted' | 'classes'>,
  { x0, y }: Values,
): Promise<Float32Array[]> {
  const count = aims(params, targeted)
  if (count === 0) return [y]
  const order = ranked(await model.logits(x0)).filter(k => y[k] === 0)
  return order.slice(0, count).map(k => oneHot(k, classes))
}
