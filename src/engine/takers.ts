import { inside } from './lattice.ts'
import type { Taker } from './options.ts'
import type { AttackPlan } from './plan.ts'
import type { Group } from './robustness.ts'

/**
 * How many pictures each attack, and each stage of a sequence, was the first to break, in the plan's order: within a
 * budget where there is one.
 */
export function takers(
  plans: readonly Pick<AttackPlan, 'name' | 'stages'>[],
  usable: readonly Group[],
  budget: { readonly norm: Group[number]['norm']; readonly eps: number } | null,
): Taker[] {
  const broken = usable.map(group =>
    group.filter(
      line => line.outcome === 'adversarial' && (budget === null || inside(budget.norm, budget.eps, line.distance!)),
    ),
  )
  return plans.flatMap(({ name, stages }) =>
    (stages.length > 0 ? stages.map(stage => stage.name) : [null]).map(stage => {
      const own = broken.filter(([first]) => first?.attack === name && (stage === null || first.by === stage))
      const alone = own.filter(group => group.every(line => line.attack === name))
      return { attack: name, stage, pictures: own.length, alone: alone.length }
    }),
  )
}
