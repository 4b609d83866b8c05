import type { AttackPlan } from '../engine/plan.ts'
import type { Prepared } from '../engine/prepare.ts'
import type { estimate } from '../engine/run.ts'
import { budgetText, count, durationText, numberText, valueText } from './figures.ts'
import { printable } from './printable.ts'
import { table } from './table.ts'
import type { Paint } from './terminal.ts'

type Estimate = Awaited<ReturnType<typeof estimate>>

/** What `--dry-run` says: the plan, what was found, how long it will take. */
export function planText(
  prepared: Prepared,
  { seconds, millisecondsPerGradient, batch, threads }: Estimate,
  paint: Paint,
): string {
  const { classifier, items, target, plans, passes, out, executor } = prepared
  const { channels, height, width } = classifier.input
  const labels = new Map<string, number>()
  for (const { labelFrom } of items) labels.set(labelFrom, (labels.get(labelFrom) ?? 0) + 1)
  const rows = [
    [
      'Model',
      `${printable(classifier.file)}, ${classifier.classes.length} classes, input ${channels} x ${height} x ${width}`,
    ],
    ['Pictures', `${items.length}, labels from ${[...labels].map(([from, n]) => `${from} (${n})`).join(', ')}`],
    ...plans
      .flatMap(plan => [attackText(plan), ...plan.stages.map(stage => `  ${attackText(stage)}`)])
      .map((text, i) => [i === 0 ? 'Attacks' : '', text]),
    ...(target === null
      ? []
      : [['Target', typeof target === 'number' ? printable(classifier.classes[target]) : target]]),
    ['Runs on', `${executor.name}, ${count(threads, 'thread')}, ${count(batch, 'picture')} together`],
    [
      'Takes',
      `at most about ${durationText(seconds)} (${numberText(millisecondsPerGradient)} ms a gradient); less where pictures are solved early`,
    ],
    ['Writes', passes.map(pass => printable(`${out}/${pass.folder}/`)).join(', ')],
  ]
  return `${table(rows.map(([name, text]) => [paint.bold(name), text]))}\n\nNothing was written. Without --dry-run the same command runs it.`
}

function attackText({ name, norm, eps, params }: AttackPlan): string {
  const values = Object.entries(params).map(([key, value]) => `${key} ${valueText(value)}`)
  return printable([name, eps.map(e => budgetText(norm, e)).join(', '), ...values].join('  '))
}

/** The same for programs. */
export function planJson(prepared: Prepared, { threads, ...estimate }: Estimate): string {
  const { record, items, notes, out, executor, passes } = prepared
  const plan = {
    plan: record,
    pictures: items.length,
    out,
    folders: passes.map(pass => pass.folder),
    device: executor.name,
    threads,
    estimate,
    notes,
  }
  return `${JSON.stringify(plan, null, 2)}\n`
}
