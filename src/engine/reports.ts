import { join } from 'node:path'
import { writeFileAtomic } from '../io/write-file.ts'
import { reportCsv } from '../report/csv.ts'
import type { Thumbnail } from '../report/gallery.ts'
import { reportHtml } from '../report/html.ts'
import { reportMarkdown } from '../report/markdown.ts'
import { select } from '../report/selection.ts'
import { inOrder } from './in-order.ts'
import type { Line, Report } from './options.ts'
import type { Prepared } from './prepare.ts'
import { byImage, holds } from './robustness.ts'
import type { Strips } from './strips.ts'

/** Writes what a run leaves for readers: report.json, report.html, report.md and report.csv. */
export async function writeReports(
  out: string,
  report: Report,
  lines: readonly Line[],
  { items, classifier }: Pick<Prepared, 'items' | 'classifier'>,
  strips: Strips,
): Promise<void> {
  const resisted = byImage(lines)
    .filter(group => group[0].clean !== null)
    .filter(group => holds(group, report.accuracy.robust))
    .map(([line]) => line)
  const selection = select(lines, resisted)
  const output = new Map(items.map(item => [item.source.name, item.output]))
  const thumbnail = async (line: Line, file: string | null): Promise<Thumbnail> => {
    const clean = `clean/${output.get(line.image)}`
    return { line, clean, strip: await strips.of(line, clean, file) }
  }
  const adversarial = await few(selection.adversarial, line => thumbnail(line, line.file))
  const shown = { adversarial, resisted: await few(selection.resisted, line => thumbnail(line, null)) }
  await writeFileAtomic(join(out, 'report.csv'), reportCsv(lines, classifier.classes))
  await writeFileAtomic(join(out, 'report.md'), reportMarkdown(report, lines))
  await writeFileAtomic(join(out, 'report.html'), reportHtml(report, lines, resisted, shown))
  await writeFileAtomic(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
}

/** A few at a time, so that few pictures are in memory. */
async function few<A, B>(all: readonly A[], work: (a: A) => Promise<B>): Promise<B[]> {
  const results: B[] = []
  for await (const result of inOrder(all, work, 4)) results.push(result)
  return results
}
