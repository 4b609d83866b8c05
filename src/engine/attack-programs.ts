import { expected } from '../errors.ts'
import type { Fn } from '../exec/executor.ts'
import { NORMS } from '../norms.ts'
import type { Job } from './job.ts'
import type { AttackPlan } from './plan.ts'
import { pullbackName } from './probe.ts'
import {
  forwardOf,
  gradientOf,
  layerOf,
  layerPullbackOf,
  marginOf,
  pullbackOf,
  type Target,
  type TracedAttack,
  trace,
} from './trace.ts'

/** One attack, ready to be compiled, and what its jobs need to know of that. */
export interface AttackPrograms {
  /** `forward`, `margin` and `pullback:<rows>` are the same for every attack; the others are `<attack>/<part>`. */
  readonly programs: Readonly<Record<string, Fn>>
  /** For one budget; null: the nearest adversarial picture is looked for. */
  job(eps: number | null, options: Pick<Job, 'earlyStop' | 'seed' | 'guide'>): Job
}

/**
 * What an attack runs of the model.
 *
 * @throws AdvxError when its math cannot be traced, or no gradient reaches the picture.
 */
export function programsOf(plan: AttackPlan, target: Target, targeted: boolean): AttackPrograms {
  if (plan.stages.length > 0) return programsOfStages(plan, target, targeted)
  const { name, attack, source, norm, params } = plan
  const [, channels, height, width] = target.shape
  const minimal = plan.eps[0] === null
  const gradients = attack.gradients?.(params, { classes: target.classes, targeted }) ?? 1
  const rows = rowsTogether(gradients)
  const traced = attack.step ? trace(attack, NORMS[norm], targeted, params, target) : null
  if (minimal && traced?.budgeted)
    throw expected('usage', 'a default eps', `its norm ${norm}`, 'none', 'Its math uses eps: { eps: 0.5 }.')
  const { startDraws, stepDraws, roundDraws, schedules, ends, slopes, gradient } = traced ?? UNTRACED
  return {
    programs: {
      forward: forwardOf(target),
      ...(traced ? steps(name, traced) : {}),
      ...layerPrograms(plan, target),
      ...(gradients > 0 && !traced ? { [pullbackName(rows)]: pullbackOf(target, rows) } : {}),
      ...(gradients > 0 && minimal ? { margin: marginOf(target, targeted) } : {}),
      ...(gradients > 0 && !minimal && !gradient ? { [`${name}/gradient`]: gradientOf(target, targeted) } : {}),
    },
    job: (eps, options) => ({
      key: name,
      walker: traced ? null : source,
      norm,
      eps,
      params,
      targeted,
      ...options,
      classes: target.classes,
      channels,
      height,
      width,
      hasStart: traced?.start != null,
      gradients,
      rows,
      gradient,
      ends,
      slopes,
      startDraws,
      stepDraws,
      roundDraws,
      schedules,
      stages: [],
    }),
  }
}

/** Gradients at a point that share one forward pass, at the most: each is a picture in memory, and a graph of its own. */
const MOST_ROWS = 10

/** As few passes as that allows, and these as evenly filled as they can be. */
const rowsTogether = (gradients: number): number => Math.ceil(gradients / Math.max(1, Math.ceil(gradients / MOST_ROWS)))

/** Of a sequence: those of its stages, each under a name of its own. */
function programsOfStages({ name, stages }: AttackPlan, target: Target, targeted: boolean): AttackPrograms {
  const parts = stages.map(stage => programsOf({ ...stage, name: `${name}/${stage.name}` }, target, targeted))
  return {
    programs: Object.assign({}, ...parts.map(part => part.programs)),
    job(eps, options) {
      const jobs = parts.map(part => part.job(eps, options))
      return { ...jobs[0], key: name, stages: jobs.map((job, i) => ({ name: stages[i].name, job })) }
    },
  }
}

/** A layer that a parameter names, and its gradient; without a name it is the scores. */
function layerPrograms({ name, params }: AttackPlan, target: Target): Record<string, Fn> {
  if (typeof params.layer !== 'string') return {}
  const layer = target.layers?.get(params.layer) ?? target.logits
  return { [`${name}/layer`]: layerOf(target, layer), [`${name}/layerPullback`]: layerPullbackOf(target, layer) }
}

const UNTRACED = {
  startDraws: [],
  stepDraws: [],
  roundDraws: [],
  schedules: [],
  ends: false,
  slopes: [],
  gradient: false,
} satisfies Partial<TracedAttack>

const steps = (name: string, { start, heavy, light, round }: TracedAttack): Record<string, Fn> => ({
  [`${name}/heavy`]: heavy,
  [`${name}/light`]: light,
  ...(start ? { [`${name}/start`]: start } : {}),
  ...(round ? { [`${name}/round`]: round } : {}),
})
