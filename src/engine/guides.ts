import { AdvxError, expected } from '../errors.ts'
import type { Classifier } from '../models/load.ts'
import type { AttackPlan } from './plan.ts'
import { type Read, readAs } from './reader.ts'

/**
 * The pictures that attacks shall come near to, by the attacks' names: those with a parameter `guide`.
 *
 * @throws AdvxError 'usage' where none is given, or it cannot be used.
 */
export async function readGuides(
  plans: readonly AttackPlan[],
  classifier: Classifier,
): Promise<ReadonlyMap<string, Read>> {
  const guides = new Map<string, Read>()
  for (const { name, params } of plans) {
    const { guide } = params
    if (typeof guide !== 'string') continue
    if (guide === '') throw expected('usage', 'the file of a picture', `--guide of ${name}`, 'nothing')
    guides.set(
      name,
      await readAs(classifier, guide, guide).catch(cause => {
        throw cause instanceof AdvxError
          ? new AdvxError('usage', `--guide of ${name}: ${cause.message}`, { cause })
          : cause
      }),
    )
  }
  return guides
}

/** The names of layers that parameters give. */
export const layersWanted = (plans: readonly AttackPlan[]): string[] =>
  [...new Set(plans.map(({ params }) => params.layer))].filter(
    layer => typeof layer === 'string' && layer !== '',
  ) as string[]
