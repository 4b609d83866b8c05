import type { NormName } from '../norms.ts'
import { grouped } from './grouped.ts'
import { type Distances, inside, within } from './lattice.ts'
import type { Line } from './options.ts'

/** What a run says of one usable picture: its lines, in the plan's order. */
export type Group = readonly Line[]

/** The lines of each picture, in the order in which the pictures first occur. */
export const byImage = (lines: readonly Line[]): Line[][] => [...grouped(lines, line => line.image).values()]

/** Whether the model says its label before any attack. */
export const isRight = ([line]: Group): boolean => line.clean!.class === line.label

/** Classified rightly, and broken by no attack within that budget, whatever the budget it ran with. */
export const stands = (group: Group, norm: NormName, eps: number): boolean =>
  isRight(group) && !group.some(line => line.outcome === 'adversarial' && inside(norm, eps, line.distance!))

/** Whether every value that its attacks met was finite: where one met NaN, that it resisted says nothing. */
export const isProven = (group: Group): boolean => group.every(line => line.nonFinite === 0)

/** Classified rightly, and broken by no attack at all. */
export const resists = (group: Group): boolean => isRight(group) && !group.some(line => line.outcome === 'adversarial')

/** Classified rightly after the attacks: within a budget where there is one. */
export const holds = (group: Group, budget: { readonly norm: NormName; readonly eps: number } | null): boolean =>
  budget === null ? resists(group) : stands(group, budget.norm, budget.eps)

/** The least distance at which one of these lines breaks its picture; Infinity: none does. */
export function breakingDistance(group: Group, norm: keyof Distances): number {
  let least = Infinity
  for (const { outcome, distance } of group)
    if (outcome === 'adversarial' && distance !== null) least = Math.min(least, distance[norm])
  return least
}

/** How many of the breaking distances lie within a budget. */
export const brokenWithin = (norm: NormName, eps: number, distances: readonly number[]): number =>
  distances.reduce((n, d) => n + Number(within(norm, eps, d)), 0)
