import type { Confusion, Line } from './options.ts'

/** Pairs of two classes that report.json keeps. */
const PAIRS = 1000

/** Which class each label became under attack: every attack at its largest budget, or without one. */
export function confusion(lines: readonly Line[]): Confusion {
  const largest = new Map<string, number | null>()
  for (const { attack, eps } of lines) {
    const before = largest.get(attack)
    if (before === undefined || (before !== null && eps !== null && eps > before)) largest.set(attack, eps)
  }
  const counts = new Map<string, { from: number; to: number; count: number }>()
  let total = 0
  for (const line of lines) {
    if (line.clean === null || line.label === null || line.eps !== largest.get(line.attack)) continue
    const to = line.outcome === 'adversarial' ? line.adversarial!.class : line.clean.class
    const key = `${line.label} ${to}`
    const pair = counts.get(key)
    if (pair) pair.count++
    else counts.set(key, { from: line.label, to, count: 1 })
    total++
  }
  const all = [...counts.values()].sort((a, b) => b.count - a.count || a.from - b.from || a.to - b.to)
  let distinct = 0
  const pairs = all.filter(({ from, to }) => from === to || ++distinct <= PAIRS)
  return { total, distinct, pairs }
}
