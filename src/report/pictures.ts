import type { Report } from '../engine/options.ts'
import { count, plural, threat } from './figures.ts'
import { className } from './gallery.ts'
import { type Content, html, name, type Section, shorten, table } from './markup.ts'
import type { Tally } from './tally.ts'

/** The failed pictures that a report names; all are in results.jsonl. */
export const FAILURES_SHOWN = 500

/** What became of the pictures that were found, and which failed. */
export function outcomes({ images, target }: Report, { failures }: Tally): Section {
  const counts: readonly (readonly [string, number, string])[] = [
    ['Found', images.found, ''],
    ['Failed', images.failed, 'could not be read or attacked; not among the usable'],
    ['Misclassified', images.misclassified, 'not their label before any attack; not attacked, not robust'],
    ...(target === null && images.skipped === 0 ? [] : [['Skipped', images.skipped, 'the target already'] as const]),
    ['Attacked', images.attacked, ''],
  ]
  const more = failures.length - FAILURES_SHOWN
  return {
    title: 'Pictures',
    body: html`${table(
      [{ title: 'Pictures' }, { title: 'Count', number: true }, { title: 'Meaning' }],
      counts.map(([title, n, meaning]) => [title, count(n), meaning]),
      'narrow',
    )}
${
  failures.length === 0
    ? null
    : html`<h3>Failed pictures</h3>
${table(
  [{ title: 'Picture' }, { title: 'Error' }],
  failures.slice(0, FAILURES_SHOWN).map(f => [name(f.image), html`<bdi>${shorten(f.error, 600)}</bdi>`]),
)}
${more > 0 ? html`<p class="about">And ${count(more)} more, in results.jsonl.</p>` : null}`
}`,
  }
}

/** How each true class fared; null where no picture has one. */
export function classTable({ accuracy, model, images, target }: Report, { classes }: Tally): Section | null {
  if (classes.length === 0) return null
  const guessed = images.labelFrom.prediction ?? 0
  const held: Content = accuracy.robust
    ? html`Robust: classified rightly, and broken by no attack of this run at ${threat(accuracy.robust.norm, accuracy.robust.eps)}.`
    : `Resisted: classified rightly, and ${target === null ? 'broken' : 'brought to the target'} by no attack of this run.`
  return {
    title: 'Classes',
    body: html`<p class="about">Usable pictures by their true class. ${held}${guessed > 0 ? ` ${plural(guessed, 'picture')} without a label of their own count as the class that the model predicts, and so as right.` : null}</p>
${table(
  [
    { title: 'Class' },
    { title: 'Pictures', number: true },
    { title: 'Right', number: true },
    { title: accuracy.robust ? 'Robust' : 'Resisted', number: true },
  ],
  classes.map(row => [
    name(className(row.label, model.classNames), 80),
    count(row.pictures),
    count(row.right),
    count(row.held),
  ]),
  'narrow',
)}`,
  }
}
