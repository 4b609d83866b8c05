import { type AttackPrograms, programsOf } from '../../src/engine/attack-programs.ts'
import type { Found, Job } from '../../src/engine/job.ts'
import { type Lane, laneOf } from '../../src/engine/lane.ts'
import { planAttacks } from '../../src/engine/plan.ts'
import { loadAttack } from '../../src/engine/registry.ts'
import type { Target } from '../../src/engine/trace.ts'
import type { Executor } from '../../src/exec/executor.ts'
import { ancestors } from '../../src/graph.ts'
import type { NormName } from '../../src/norms.ts'
import type { Params } from '../../src/params.ts'
import type { Shape } from '../../src/shape.ts'
import { input, isConstant, type Tensor } from '../../src/tensor.ts'

/** A function of pictures as the model that attacks are traced against. */
export function targetOf(shape: Shape, classes: number, logits: (x: Tensor) => Tensor): Target {
  const constants = [...ancestors([logits(input(shape, 'x'))])].filter(isConstant)
  return { shape, classes, logits, constants: new Set(constants) }
}

export type Changes = Partial<Pick<Job, 'eps' | 'targeted' | 'earlyStop' | 'seed' | 'guide'>> & { params?: Params }

/** An attack's programs, and its job for one picture. */
export interface Ready extends Pick<AttackPrograms, 'programs'> {
  readonly job: Job
}

/** Less than the defaults of attacks that ask the model most, which are for pictures of real size. */
const QUERIES = 400
const STEPS_OF_A_SEQUENCE = 10

/** An attack at its defaults, but for some changes. */
export async function readied(
  target: Target,
  name: string,
  norm: NormName,
  { eps, targeted = false, params = {}, guide = null, ...rest }: Changes = {},
): Promise<Ready> {
  const { attack } = await loadAttack(name)
  const few = {
    ...('queries' in attack.params ? { queries: QUERIES } : {}),
    ...('steps' in attack.params && attack.stages ? { steps: STEPS_OF_A_SEQUENCE } : {}),
  }
  const [plan] = await planAttacks({ attacks: [name], norm, params: { ...few, ...params } })
  const { programs, job } = programsOf(plan, target, targeted)
  return { programs, job: { ...job(eps ?? plan.eps[0], { earlyStop: true, seed: 0, guide }), ...rest } }
}

/** Attacks pictures that are begun in some order, so many in a batch. */
export async function attackTogether(
  executor: Executor,
  { programs, job }: Ready,
  pictures: readonly Uint8Array[],
  ys: readonly number[],
  batch = 4,
  order: readonly number[] = pictures.map((_, i) => i),
): Promise<Found[]> {
  const lane: Lane = laneOf(executor)
  for (const [name, fn] of Object.entries(programs)) await lane.open(name, await executor.compile(fn))
  await lane.setBatch(batch)
  const found: Found[] = new Array(pictures.length)
  await Promise.all(order.map(async i => (found[i] = await lane.attack(job, pictures[i], ys[i]))))
  await lane.close()
  return found
}
