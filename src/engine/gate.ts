import { expected } from '../errors.ts'
import { share } from './metrics.ts'
import type { AttackOptions, Gate, Report } from './options.ts'
import type { AttackPlan } from './plan.ts'
import type { Prepared } from './prepare.ts'
import { type Group, isProven, stands } from './robustness.ts'

/**
 * Whether `--fail-under` has a meaning in a run.
 *
 * @throws AdvxError 'usage' where robust accuracy is not defined, or is of several norms.
 */
export function checkGate(
  { failUnder, labelFrom, eps }: AttackOptions,
  items: Prepared['items'],
  target: Prepared['target'],
  plans: readonly AttackPlan[],
): void {
  if (failUnder === undefined) return
  if (eps === undefined && plans.every(plan => plan.eps[0] === null))
    throw expected(
      'usage',
      'a budget',
      '--fail-under',
      plans.map(plan => plan.name).join(', '),
      'These attacks look for the nearest adversarial picture: give --eps, and those within it count as broken.',
    )
  if (plans.some(plan => plan.norm !== plans[0].norm))
    throw expected(
      'usage',
      'attacks in one norm',
      '--fail-under',
      plans.map(plan => `${plan.name} in ${plan.norm}`).join(', '),
      'Give --norm, or run them apart: robust accuracy is measured in one norm.',
    )
  if (target !== null)
    throw expected(
      'usage',
      'an untargeted attack',
      '--fail-under',
      '--target',
      'Robust accuracy is not defined for targeted attacks.',
    )
  const unlabelled = items.find(item => item.label === null)
  if (unlabelled && labelFrom !== 'prediction')
    throw expected(
      'usage',
      'a label for every picture',
      '--fail-under',
      unlabelled.source.name,
      'Give --labels, or --label-from prediction to gate on what the model says.',
    )
}

/** The gate's verdict on usable pictures; those that are not shown to be robust count as broken. */
export function gateOf(failUnder: number, usable: readonly Group[], robust: Report['accuracy']['robust']): Gate {
  if (robust === null) return { failUnder, passed: false }
  const standing = usable.filter(group => stands(group, robust.norm, robust.eps))
  const proven = standing.filter(isProven).length
  const unproven = standing.length - proven
  return {
    failUnder,
    passed: share(proven, usable.length)!.value >= failUnder,
    ...(unproven > 0 ? { unproven } : {}),
  }
}
