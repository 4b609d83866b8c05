import type { Attack } from '../attack.ts'
import { AdvxError, expected } from '../errors.ts'
import type { NormName } from '../norms.ts'
import type { Params } from '../params.ts'
import { checkParams, ownParams } from './check-params.ts'
import { levelsOf } from './lattice.ts'
import { loadAttack } from './registry.ts'
import { planStages } from './stages.ts'

/** One attack with everything settled that was asked for it. */
export interface AttackPlan {
  readonly name: string
  readonly attack: Attack
  /** What loadAttack() takes. */
  readonly source: string
  readonly sha256: string
  readonly norm: NormName
  /** In the order in which they were given; null where the attack looks for the nearest adversarial picture. */
  readonly eps: readonly (number | null)[]
  /** All of its parameters, but eps. */
  readonly params: Params
  /** Of a sequence, the attacks in turn, under the names of its stages; else none. */
  readonly stages: readonly AttackPlan[]
}

/** One pass over the pictures. */
export interface Pass {
  readonly plan: AttackPlan
  readonly eps: number | null
  /** Its folder among the results: `pgd`, in a sweep `pgd@0.03`. */
  readonly folder: string
}

export interface AttackChoice {
  readonly attacks: readonly string[]
  readonly norm?: NormName | undefined
  readonly eps?: readonly number[] | undefined
  readonly params: Params
}

/**
 * The chosen attacks with their norms, budgets and parameters.
 *
 * @throws AdvxError 'usage' for an unknown attack or parameter, a norm that an attack has not, a value out of range.
 */
export async function planAttacks({ attacks, norm, eps, params }: AttackChoice): Promise<AttackPlan[]> {
  const loaded = await Promise.all(attacks.map(loadAttack))
  const names = loaded.map(a => a.name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice) throw expected('usage', 'each attack once', '--attack', `${twice} twice`)
  checkParams(
    params,
    loaded.map(({ name, attack }) => ({ name, params: attack.params })),
    'the chosen attacks',
  )
  const plans = loaded.map(({ name, attack, source, sha256 }) => {
    const known = Object.keys(attack.norms) as NormName[]
    const chosen = norm ?? known[0]
    const defaults = attack.norms[chosen]
    if (!defaults) throw expected('usage', `one of ${known.join(', ')}`, `--norm with ${name}`, chosen)
    checkIdle(name, attack, chosen, params, loaded)
    for (const e of eps ?? []) checkEps(e, chosen)
    const again = eps?.find((e, i) => eps.indexOf(e) !== i)
    if (again) throw expected('usage', 'each budget once', '--eps', `${again} twice`)
    const budgets = defaults.eps === undefined ? [null] : (eps ?? [defaults.eps])
    const own = ownParams({ name, params: attack.params }, params)
    return { name, attack, source, sha256, norm: chosen, eps: budgets, params: own, stages: [] }
  })
  return Promise.all(plans.map(async plan => ({ ...plan, stages: await planStages(plan) })))
}

/** Whether a parameter was given to an attack for a norm in which it has no part, and to no other attack. */
function checkIdle(
  name: string,
  attack: Attack,
  norm: NormName,
  params: Params,
  all: readonly { readonly name: string; readonly attack: Attack }[],
): void {
  const none = attack.norms[norm]?.idle ?? []
  const meant = (p: string): boolean => all.some(other => other.name !== name && p in other.attack.params)
  const idle = none.find(p => `${name}.${p}` in params || (p in params && !meant(p)))
  if (idle === undefined) return
  const used = Object.keys(attack.params).filter(p => !none.includes(p))
  const list = used.map(p => `--${p}`).join(', ')
  throw new AdvxError('usage', `Expected a parameter that ${name} uses in ${norm} (${list}) but got --${idle}`)
}

/** In the order of results.jsonl: attack, then eps. */
export const passes = (plans: readonly AttackPlan[]): Pass[] =>
  plans.flatMap(plan => plan.eps.map(eps => ({ plan, eps, folder: folderOf(plan.name, eps, plan.eps.length) })))

export const folderOf = (attack: string, eps: number | null, budgets: number): string =>
  budgets > 1 ? `${attack}@${eps}` : attack

function checkEps(eps: number, norm: NormName): void {
  if (!(eps > 0) || !Number.isFinite(eps)) throw expected('usage', 'a number above 0', '--eps', eps)
  if (norm !== 'linf') return
  if (eps > 1) {
    const hint = Number.isInteger(eps) && eps < 256 ? `Did you mean ${eps}/255?` : 'Try --eps 8/255.'
    throw expected('usage', 'at most 1 (a pixel is 0..1)', '--eps in Linf', eps, hint)
  }
  if (levelsOf(eps) < 1)
    throw expected('usage', 'at least 1/255, one level of an 8-bit picture,', '--eps in Linf', eps, 'Try --eps 1/255.')
}
