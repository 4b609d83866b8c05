// Attacks of one run beside each other: what a weaker one breaks and a stronger one does not, no gradient has found.
import { grouped } from './grouped.ts'
import type { Check, Line } from './options.ts'
import type { AttackPlan } from './plan.ts'

/** The checks for which a run has the attacks: V20, V22, V26. */
export function consistency(lines: readonly Line[], plans: readonly AttackPlan[]): Check[] {
  const means = new Map(plans.map(plan => [plan.name, meansOf(plan)]))
  return [iterations(lines, means), unbounded(lines), gradientFree(lines, means)].filter(check => check !== null)
}

/** What an attack looks at. */
type Means = 'one gradient' | 'several gradients' | 'queries'
type MeansOf = ReadonlyMap<string, Means>

function meansOf({ attack, params, stages }: AttackPlan): Means {
  if (stages.length > 0) return 'several gradients'
  if (attack.gradients?.(params, { classes: 2, targeted: false }) === 0) return 'queries'
  const once = ['steps', 'rounds', 'restarts'].every(name => (params[name] ?? 1) === 1)
  return attack.step && once ? 'one gradient' : 'several gradients'
}

/** V20: several steps must not find less than one. */
const iterations = (lines: readonly Line[], means: MeansOf): Check | null =>
  compared(lines, means, 'one gradient', ['several gradients'], {
    id: 'V20',
    title: 'Iterative attacks are not weaker than a single step',
    unlike: 'a single step and no iterative attack',
  })

/** V26: who sees gradients must not find less than who asks for scores alone. */
const gradientFree = (lines: readonly Line[], means: MeansOf): Check | null =>
  compared(lines, means, 'queries', ['one gradient', 'several gradients'], {
    id: 'V26',
    title: 'Attacks without gradients do not beat those with them',
    unlike: 'queries alone and no gradient',
  })

interface Subject extends Pick<Check, 'id' | 'title'> {
  /** Who alone broke a picture, for people. */
  readonly unlike: string
}

/** Null: the run does not have both at one norm and budget. Ties aside, the stronger have to win more than at random. */
function compared(
  lines: readonly Line[],
  means: MeansOf,
  weaker: Means,
  stronger: readonly Means[],
  { id, title, unlike }: Subject,
): Check | null {
  const attacked = lines.filter(l => l.eps !== null && (l.outcome === 'adversarial' || l.outcome === 'robust'))
  let [pictures, against, as] = [0, 0, 0]
  for (const there of grouped(attacked, l => `${l.norm} ${l.eps}`).values()) {
    const [weak, strong] = [[weaker], stronger].map(these => there.filter(l => these.includes(means.get(l.attack)!)))
    if (weak.length === 0 || strong.length === 0) continue
    const [byWeak, byStrong] = [weak, strong].map(own => broken(own))
    pictures += new Set(weak.map(l => l.image)).size
    against += [...byWeak].filter(image => !byStrong.has(image)).length
    as += [...byStrong].filter(image => !byWeak.has(image)).length
  }
  if (pictures === 0) return null
  return {
    id,
    title,
    status: against === 0 ? 'pass' : byChance(against, as) < 0.05 ? 'fail' : against > as ? 'warn' : 'pass',
    detail: `${against} of ${pictures} attacked pictures fell to ${unlike}, ${as} the other way round`,
  }
}

const broken = (lines: readonly Line[]): Set<string> =>
  new Set(lines.filter(l => l.outcome === 'adversarial').map(l => l.image))

/** The chance of at least k heads in k + other throws of a coin (the sign test). */
export function byChance(k: number, other: number): number {
  const n = k + other
  let [term, sum] = [0.5 ** n, 0]
  for (let i = 0; i <= n; i++) {
    if (i >= k) sum += term
    term *= (n - i) / (i + 1)
  }
  return sum
}

/** Pictures that may resist an attack without a budget before it is called a failure. */
const SHARE = 0.05

/**
 * V22: without a budget, or with the whole of the box, every picture can be left. Attacks on few pixels are left out:
 * they may change only some.
 */
function unbounded(lines: readonly Line[]): Check | null {
  const free = lines.filter(
    l => (l.outcome === 'adversarial' || l.outcome === 'robust') && (l.eps === null ? l.norm !== 'l0' : covers(l)),
  )
  const images = [...grouped(free, l => l.image).values()]
  if (images.length === 0) return null
  const resist = images.filter(own => own.every(l => l.outcome === 'robust')).length
  return {
    id: 'V22',
    title: 'Attacks without a limit break every picture',
    status: resist > SHARE * images.length ? 'fail' : resist > 0 ? 'warn' : 'pass',
    detail: `${resist} of ${images.length} pictures resisted every attack that may go anywhere in the box`,
  }
}

const covers = ({ norm, eps }: Line): boolean => norm === 'linf' && eps! >= 1
