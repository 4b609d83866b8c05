import { relative } from 'node:path'
import type { Seen, Standing, Verdict, VerdictOptions } from '../engine/verdict.ts'
import { budgetText, count, durationText, numberText, shareText } from './figures.ts'
import { printable } from './printable.ts'
import { showProgress } from './progress.ts'
import { interruptible } from './signals.ts'
import { table } from './table.ts'
import { type Paint, paint, say, sayJson } from './terminal.ts'

/** Gives a verdict, and prints it for people or as JSON. */
export async function showVerdict(options: VerdictOptions, json: boolean): Promise<void> {
  const { judge } = await import('../engine/verdict.ts')
  const progress = await showProgress()
  try {
    const verdict = await interruptible(signal => judge(options, event => progress.on(event), signal))
    progress.stop()
    if (json) sayJson(`${JSON.stringify(verdict, null, 2)}\n`)
    else say(verdictText(verdict, options.out, paint))
  } finally {
    progress.stop()
  }
}

/** What a person reads of a verdict: the figures before and after, the signs that show, and what follows. */
export function verdictText(verdict: Verdict, out: string, paint: Paint): string {
  const { before, after, norm, eps, signs, masking, conclusion } = verdict
  const sides = [...(before ? [before] : []), after]
  const row = (title: string, of: (side: Standing) => string): string[] => [title, ...sides.map(of)]
  const rows = [
    row('', side => printable(side.file)),
    row('Clean accuracy', side => (side.clean ? shareText(side.clean) : 'no label')),
    row(`Robust accuracy at ${budgetText(norm, eps)}`, side => shareText(side.robust)),
    ...Object.keys(after.success).map(attack =>
      row(`  broken by ${printable(attack)}`, side => shareText(side.success[attack] ?? null)),
    ),
    ...Object.keys(after.nearest).map(attack =>
      row(`Median L2 of ${printable(attack)}`, side => nearestText(side.nearest[attack])),
    ),
  ]
  const shown = signs.filter(sign => sign.after.masks || sign.before?.masks)
  const seen = (when: string, { masks, detail }: Seen): string =>
    `${masks ? paint.red('shows') : paint.green('passes')} ${when}: ${printable(detail)}`
  const signRows = shown.flatMap(({ id, title, before, after }) => [
    [id, title],
    ...(before ? [['', seen('before', before)]] : []),
    ['', seen('after', after)],
  ])
  return [
    table(rows.map((cells, i) => cells.map((cell, j) => (i === 0 || j === 0 ? paint.bold(cell) : cell)))),
    `${paint.bold('Signs of masked gradients')}  ${signs.filter(s => s.after.masks).length} of ${count(signs.length, 'sign')} that were looked for${signRows.length > 0 ? `\n${table(signRows, '  ')}` : ''}`,
    masking ? paint.red(conclusion) : conclusion,
    `${paint.bold('Verdict')}  ${printable(relative(process.cwd(), out) || '.')}/verdict.html, in ${durationText(verdict.seconds)}; ${count(after.pictures, 'picture')}; in brackets: 95 % intervals (Wilson)`,
  ].join('\n\n')
}

const nearestText = (nearest: Standing['nearest'][string] | undefined): string =>
  nearest
    ? `${nearest.l2 ? numberText(nearest.l2.median) : '-'}, found ${nearest.found} of ${nearest.of}`
    : 'not measured'
