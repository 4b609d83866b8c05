import type { ClassFigures, Report, Share } from '../engine/options.ts'
import { bar } from './bar.ts'
import { count, interval, percent, plural, threat } from './figures.ts'
import { className } from './gallery.ts'
import { type Content, type Html, html, name, type Section, table } from './markup.ts'

/** Rows that stand open; of more classes those that lost most do. */
export const CLASSES_SHOWN = 40

/** How each true class fared; null where no picture has one. */
export function classTable(report: Report): Section | null {
  const { classes, accuracy, images, target } = report
  if (classes.length === 0) return null
  const guessed = images.labelFrom.prediction ?? 0
  const held = accuracy.robust
    ? `Robust: classified rightly, and broken by no attack of this run at ${threat(accuracy.robust.norm, accuracy.robust.eps)}.`
    : `Resisted: classified rightly, and ${target === null ? 'broken' : 'brought to the target'} by no attack of this run.`
  const rest = classes.length > CLASSES_SHOWN ? classes.filter(c => !mostLost(classes).includes(c)) : []
  return {
    title: 'Classes',
    body: html`<p class="about">Usable pictures by their true class. ${held} Intervals are 95 %, Wilson: with few pictures a class, they are wide.${guessed > 0 ? ` ${plural(guessed, 'picture')} without a label of their own count as the class that the model predicts.` : null}${rest.length > 0 ? ` First the ${CLASSES_SHOWN} classes in which the attacks broke most pictures.` : null}</p>
${rows(rest.length > 0 ? mostLost(classes) : classes, report)}
${rest.length > 0 ? html`<details><summary>The other ${count(rest.length)} classes, by index</summary>\n${rows(rest, report)}</details>` : null}`,
  }
}

/** The classes that lost most pictures to the attacks, the most first. */
function mostLost(classes: readonly ClassFigures[]): ClassFigures[] {
  const lost = ({ pictures, clean, robust }: ClassFigures): number =>
    pictures * ((clean?.value ?? 1) - (robust?.value ?? 0))
  return [...classes].sort((a, b) => lost(b) - lost(a) || a.class - b.class).slice(0, CLASSES_SHOWN)
}

const rows = (classes: readonly ClassFigures[], { accuracy, model }: Report): Html =>
  table(
    [
      { title: 'Class' },
      { title: 'Pictures', number: true },
      { title: 'Clean accuracy' },
      { title: accuracy.robust ? 'Robust accuracy' : 'Resisted' },
    ],
    classes.map(c => [
      name(className(c.class, model.classNames), 80),
      count(c.pictures),
      short(c.clean),
      short(c.robust),
    ]),
  )

const short = (share: Share | null): Content =>
  share === null
    ? html`<span class="none">– no label</span>`
    : html`<div class="figures"><strong class="whole">${percent(share.value)}</strong>${bar(share)}<small class="whole">${interval(share)}</small></div>`
