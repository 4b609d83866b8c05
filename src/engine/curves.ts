import type { NormName } from '../norms.ts'
import { share } from './metrics.ts'
import type { Curve, Line } from './options.ts'
import { breakingDistance, brokenWithin, type Group, isRight } from './robustness.ts'

/** Points of a curve that distances give: as many of their quantiles. */
const QUANTILES = 64

/**
 * Robust accuracy over eps: of each attack that ran at several budgets or has none, and, where a norm has several
 * attacks, of all together. One run at one budget that stops early says nothing about smaller ones, and gives no curve.
 * A picture that is broken within a budget is broken at every larger one, so no curve rises.
 */
export function curves(usable: readonly Group[]): Curve[] {
  const [first] = usable
  if (!first) return []
  const all: Curve[] = []
  for (const norm of new Set(first.map(line => line.norm))) {
    const attacks = new Set(first.filter(line => line.norm === norm).map(line => line.attack))
    const own = [...attacks].flatMap(attack => curveOf(usable, norm, attack) ?? [])
    all.push(...own)
    if (own.length > 0 && attacks.size > 1) all.push(together(usable, norm, own))
  }
  return all
}

function curveOf(usable: readonly Group[], norm: NormName, attack: string): Curve | null {
  const distances = breaking(usable, norm, line => line.attack === attack)
  const budgets = new Set(usable[0].filter(line => line.attack === attack).map(line => line.eps))
  const from = budgets.has(null) ? 'distances' : 'sweep'
  const eps = from === 'distances' ? quantiles(distances) : [...budgets].filter(e => e !== null)
  if (from === 'sweep' && eps.length < 2) return null
  return { attack, norm, from, points: points(usable, norm, eps, distances) }
}

/** Every attack of the run counts, also one of another norm, by what the written picture is in this one. */
function together(usable: readonly Group[], norm: NormName, own: readonly Curve[]): Curve {
  const eps = own.flatMap(curve => curve.points.map(p => p.eps))
  const from = own.some(curve => curve.from === 'distances') ? 'distances' : 'sweep'
  return {
    attack: null,
    norm,
    from,
    points: points(
      usable,
      norm,
      eps,
      breaking(usable, norm, () => true),
    ),
  }
}

/** The distances at which those that are classified rightly are broken; those that never are, are left out. */
const breaking = (usable: readonly Group[], norm: NormName, of: (line: Line) => boolean): number[] =>
  usable
    .filter(isRight)
    .map(group => breakingDistance(group.filter(of), norm))
    .filter(d => d !== Infinity)

function points(
  usable: readonly Group[],
  norm: NormName,
  eps: readonly number[],
  distances: readonly number[],
): Curve['points'] {
  const right = usable.filter(isRight).length
  return [...new Set([0, ...eps])]
    .sort((a, b) => a - b)
    .map(e => ({ eps: e, ...share(right - brokenWithin(norm, e, distances), usable.length)! }))
}

/** At most so many of the values, at even ranks, the largest among them. */
function quantiles(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  const n = Math.min(QUANTILES, sorted.length)
  return Array.from({ length: n }, (_, i) => sorted[Math.ceil(((i + 1) * sorted.length) / n) - 1])
}
