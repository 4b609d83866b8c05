import { Command } from 'commander'
import type { Difference } from '../../engine/verify.ts'
import { count } from '../figures.ts'
import { printable } from '../printable.ts'
import { openBar } from '../progress.ts'
import { table } from '../table.ts'
import { type Paint, paint, say, sayJson } from '../terminal.ts'

interface VerifyOptions {
  readonly model?: string
  readonly device?: string
  readonly json?: true
}

/** Differences that are shown to people; `--json` has them all. */
const SHOWN = 20

/** `advx verify <out>` */
export function verify(): Command {
  return new Command('verify')
    .description('read every picture of a run again, recompute every line, say where it differs')
    .argument('<out>', 'the folder that advx attack wrote')
    .option('-m, --model <file or name>', "the model that was attacked (default: the report's)")
    .option('-d, --device <name>', 'auto, or one that `advx doctor` names')
    .option('--json', 'print the differences as JSON')
    .addHelpText('after', '\nExit 0 when all lines hold, 5 when one differs.')
    .action(async (out: string, { json, ...options }: VerifyOptions) => {
      const { verifyRun } = await import('../../engine/verify.ts')
      const bar = await openBar()
      const { lines, differences } = await verifyRun(out, options, (done, total) => bar.show(done, total, '')).finally(
        () => bar.stop(),
      )
      if (json) sayJson(`${JSON.stringify({ lines, differences }, null, 2)}\n`)
      else say(verdict(lines, differences, paint))
      if (differences.length > 0) process.exitCode = 5
    })
}

export function verdict(lines: number, differences: readonly Difference[], paint: Paint): string {
  if (differences.length === 0) return `${paint.green('All hold:')} ${count(lines, 'line')} recomputed from the files.`
  const rows = differences
    .slice(0, SHOWN)
    .map(({ image, attack, eps, field, expected, got }) => [
      printable(image),
      printable(eps === null ? attack : `${attack} ${eps}`),
      field,
      `${show(got)} there, ${show(expected)} expected`,
    ])
  const wrong = new Set(differences.map(({ image, attack, eps }) => `${attack}\0${eps}\0${image}`)).size
  const more = differences.length - SHOWN
  return [
    `${paint.red('Not as written:')} ${wrong} of ${count(lines, 'line')}`,
    table(rows, '  '),
    ...(more > 0 ? [`  and ${count(more, 'further difference')}: --json has them all`] : []),
  ].join('\n')
}

const show = (value: unknown): string => printable(JSON.stringify(value) ?? 'nothing')
