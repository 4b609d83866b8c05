import type { AttackSummary, Line, Report } from '../engine/options.ts'

/** The usable pictures of one true class. */
export interface ClassRow {
  readonly label: number
  readonly pictures: number
  readonly right: number
  /** Classified rightly, and broken by no attack within the budget of the headline. */
  readonly held: number
}

/** A picture that could not be read or attacked, and why. */
export interface Failure {
  readonly image: string
  readonly error: string
}

/** Counts that report.json leaves to the lines. */
export interface Tally {
  /** Usable pictures with a label of their own: what clean accuracy is over. */
  readonly labelled: number
  /** By index of class, those that occur. */
  readonly classes: readonly ClassRow[]
  /** Each picture and error once, however many attacks met it. */
  readonly failures: readonly Failure[]
  /** Adversarial pictures on disk, over all attacks and budgets. */
  readonly adversarial: number
}

export function tally(lines: readonly Line[], robust: Report['accuracy']['robust']): Tally {
  const first = new Map<string, Line>()
  const broken = new Set<string>()
  const failures = new Map<string, Failure>()
  for (const line of lines) {
    const { image, error = 'no reason was recorded' } = line
    if (!first.has(image)) first.set(image, line)
    if (breaks(line, robust)) broken.add(image)
    if (line.outcome === 'failed') failures.set(JSON.stringify([image, error]), { image, error })
  }
  const usable = [...first.values()].filter(line => line.clean !== null && line.outcome !== 'failed')
  return {
    labelled: usable.filter(line => line.labelFrom !== 'prediction').length,
    classes: classRows(usable, broken),
    failures: [...failures.values()],
    adversarial: lines.filter(line => line.outcome === 'adversarial' && line.file !== null).length,
  }
}

/** Whether a line breaks its picture within the budget of the headline; without one, whether it breaks it at all. */
function breaks({ outcome, distance }: Line, robust: Report['accuracy']['robust']): boolean {
  if (outcome !== 'adversarial') return false
  if (robust === null || distance === null) return true
  const { norm, eps } = robust
  // A budget in L∞ is whole levels of an 8-bit picture.
  return norm === 'linf' ? Math.round(255 * distance.linf) <= Math.floor(255 * eps + 1e-9) : distance[norm] <= eps
}

function classRows(usable: readonly Line[], broken: ReadonlySet<string>): ClassRow[] {
  const byClass = new Map<number, Line[]>()
  for (const line of usable) {
    if (line.label === null) continue
    const group = byClass.get(line.label)
    if (group) group.push(line)
    else byClass.set(line.label, [line])
  }
  return [...byClass]
    .sort(([a], [b]) => a - b)
    .map(([label, group]) => {
      const right = group.filter(line => line.clean?.class === label)
      const held = right.filter(line => !broken.has(line.image))
      return { label, pictures: group.length, right: right.length, held: held.length }
    })
}

/** The pictures that an attack tried at its budget: what its rate of success is over. */
export const attackedBy = ({ name, eps }: AttackSummary, lines: readonly Line[]): number =>
  lines.filter(l => l.attack === name && l.eps === eps && (l.outcome === 'adversarial' || l.outcome === 'robust'))
    .length
