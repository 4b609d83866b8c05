import type { Line, Report } from '../engine/options.ts'
import { budget, count, percent, plural, threat } from './figures.ts'
import { address, type Html, html, inlined, name, type Section, shorten } from './markup.ts'
import { adversarialLines, THUMBNAILS } from './selection.ts'
import { LOSSLESS, type Strip } from './strip.ts'

/** A line and its pictures; files are relative to the folder of the report. */
export interface Thumbnail {
  readonly line: Line
  /** The clean picture's file. */
  readonly clean: string
  /** Null: its files cannot be read any more. */
  readonly strip: Strip | null
}

/** A class's name, or its index where it has none. */
export const className = (index: number, names: readonly string[]): string => names[index] || `class ${index}`

/** Adversarial pictures beside the clean ones, with the rule by which they were chosen; null where there are none. */
export function gallery(report: Report, lines: readonly Line[], thumbnails: readonly Thumbnail[]): Section | null {
  if (thumbnails.length === 0) return null
  const n = adversarialLines(lines).length
  const rule =
    n === thumbnails.length
      ? `All ${plural(n, 'adversarial picture')} of the run.`
      : `${count(thumbnails.length)} of the ${count(n)} adversarial pictures, at even distances in the order of results.jsonl: not chosen by eye (a report has at most ${THUMBNAILS} thumbnails).`
  return {
    title: 'Gallery',
    body: html`<p class="about">${rule} From left to right what the model was given, what the attack wrote, and their difference,
magnified by the factor below it; grey is no change. Below, what the model says of the first two and how sure it is. Thumbnails are
scaled and compressed for this page where they are larger than ${LOSSLESS} pixels; the names lead to the exact files beside this report.</p>
<div class="gallery">
${thumbnails.map(thumbnail => changed(thumbnail, report))}</div>`,
  }
}

/** The pictures that no attack broke; null where all were broken. */
export function resisting(
  { accuracy, target }: Report,
  resisted: readonly Line[],
  thumbnails: readonly Thumbnail[],
  names: readonly string[],
): Section | null {
  if (resisted.length === 0) return null
  const rule =
    resisted.length === thumbnails.length
      ? `${plural(resisted.length, 'picture')}, all shown.`
      : `${count(thumbnails.length)} of ${plural(resisted.length, 'picture')}, at even distances; all are in results.jsonl and report.csv.`
  const what = accuracy.robust
    ? `broken by no attack of this run at ${threat(accuracy.robust.norm, accuracy.robust.eps)}`
    : `${target === null ? 'broken' : 'brought to the target'} by no attack of this run`
  return {
    title: 'Pictures that resisted',
    body: html`<p class="about">Classified rightly, and ${what}. ${rule} It is no proof: another attack, more steps or more restarts may break them.</p>
<div class="gallery kept">
${thumbnails.map(thumbnail => kept(thumbnail, names))}</div>`,
  }
}

function changed({ line, clean, strip }: Thumbnail, { model }: Report): Html {
  const [from, to] = [line.clean!, line.adversarial!]
  const before = shorten(className(from.class, model.classNames), 40)
  const after = shorten(className(to.class, model.classNames), 40)
  const alt = `${shorten(line.image, 200)}: clean, ${before}; after ${line.attack}, ${after}; their difference`
  return html`<figure>
${picture(strip, alt)}
<figcaption><span class="says">${name(before)} ${percent(from.confidence)} <span class="after">→\u00a0${name(after)} ${percent(to.confidence)}</span></span>
<span class="file"><a href="${address(clean)}">${name(line.image, 80)}</a> · <a href="${address(line.file!)}">${line.attack}${line.by === undefined ? null : html` (${name(line.by, 40)})`} ${budget(line.norm, line.eps)}</a>${strip?.factor ? html` · difference\u00a0×\u00a0${strip.factor}` : null}</span></figcaption>
</figure>
`
}

function kept({ line, clean, strip }: Thumbnail, names: readonly string[]): Html {
  const said = shorten(className(line.clean!.class, names), 40)
  return html`<figure>
${picture(strip, `${shorten(line.image, 200)}: ${said}`)}
<figcaption><span class="says">${name(said)} ${percent(line.clean!.confidence)}</span>
<span class="file"><a href="${address(clean)}">${name(line.image, 50)}</a></span></figcaption>
</figure>
`
}

function picture(strip: Strip | null, alt: string): Html {
  if (!strip) return html`<div class="strip none">its files cannot be read any more</div>`
  const { bytes, width, height, factor } = strip
  const single = factor === null ? width : width / 3
  const kind = `strip${factor === null ? '' : ' three'}${Math.max(single, height) <= LOSSLESS ? ' small' : ''}`
  return html`<div class="${kind}"><img src="${inlined(bytes, 'image/webp')}" width="${width}" height="${height}" alt="${alt}"></div>`
}
