import type { Line, Report } from '../engine/options.ts'
import { results } from './attacks.ts'
import { classTable } from './classes.ts'
import { confusionTable } from './confusion.ts'
import { curves } from './curve.ts'
import { distances } from './distances.ts'
import { checks, evidence } from './evidence.ts'
import { failed } from './failed.ts'
import { gallery, resisting, type Thumbnail } from './gallery.ts'
import { headline } from './headline.ts'
import { contents, html, section } from './markup.ts'
import { modelTitle } from './model-title.ts'
import { outcomes } from './outcomes.ts'
import { footer, page } from './page.ts'
import { takers } from './takers.ts'

/** What the report shows of pictures. */
export interface Shown {
  readonly adversarial: readonly Thumbnail[]
  readonly resisted: readonly Thumbnail[]
}

/**
 * report.html: one file without script and without anything from elsewhere; its thumbnails are inside. Its size is bounded
 * whatever the number of lines: 200 thumbnails, 500 failures, a row a class.
 * @param lines all of the run
 * @param resisted a line of each picture that no attack broke
 */
export function reportHtml(report: Report, lines: readonly Line[], resisted: readonly Line[], shown: Shown): string {
  const sections = [
    curves(report),
    results(report),
    takers(report),
    distances(report, lines),
    outcomes(report),
    classTable(report),
    confusionTable(report),
    gallery(report, lines, shown.adversarial),
    resisting(report, resisted, shown.resisted, report.model.classNames),
    failed(lines),
    checks(report),
    evidence(report),
  ].filter(s => s !== null)
  return page(
    modelTitle(report.model),
    html`${headline(report)}
${contents(sections)}<main>
${sections.map(section)}</main>
${footer(`Made by ${report.tool} ${report.version} on ${report.date}. The same figures for programs are in report.json.`)}`,
  )
}
