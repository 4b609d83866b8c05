import type { Line, Report } from '../engine/options.ts'
import { budget, count, percent, plural } from './figures.ts'
import { address, type Html, html, name, type Section, shorten } from './markup.ts'

/** A picture of the gallery; files are relative to the folder of the report. */
export interface Thumbnail {
  readonly image: string
  readonly attack: string
  readonly eps: number | null
  readonly clean: string
  /** Null: no file was written. */
  readonly adversarial: string | null
  /** Names of the classes before and after. */
  readonly from: string
  readonly to: string
  /** The model's confidence in `to`, 0..1. */
  readonly confidence: number
}

/** The most thumbnails that a report shows. */
export const GALLERY_LIMIT = 200

/**
 * The lines whose pictures a report shows: all adversarial ones, and where there are more than `limit`, so many of them
 * at even distances: the i-th of m is number ⌊i·n/m⌋ of the n. Every class and attack has its share, and nobody chooses.
 */
export function chooseForGallery(lines: readonly Line[], limit: number = GALLERY_LIMIT): Line[] {
  const all = lines.filter(line => line.outcome === 'adversarial' && line.file !== null)
  const m = Math.min(limit, all.length)
  return Array.from({ length: m }, (_, i) => all[Math.floor((i * all.length) / m)])
}

/** A class's name, or its index where it has none. */
export const className = (index: number, names: readonly string[]): string => names[index] || `class ${index}`

/** The gallery, with the rule by which its pictures were chosen; null where there is nothing to show. */
export function gallery(report: Report, lines: readonly Line[], thumbnails: readonly Thumbnail[]): Section | null {
  const shown = thumbnails.slice(0, GALLERY_LIMIT)
  if (shown.length === 0) return null
  const byFile = new Map(lines.map(line => [line.file, line]))
  const small = Math.max(...report.model.input.slice(1), 0) < 128
  return {
    title: 'Gallery',
    body: html`<p class="about">${rule(lines, shown)} Left what the model was given, right what the attack wrote, both
8-bit; below, what the model says of each and how sure it is. The pictures are files beside this report: move them together.</p>
<div class="gallery${small ? ' small' : ''}">
${shown.map(t => figure(t, byFile.get(t.adversarial) ?? null, report))}</div>`,
  }
}

/** Which pictures these are; that they follow `chooseForGallery` is only said of those that do. */
function rule(lines: readonly Line[], shown: readonly Thumbnail[]): string {
  const all = lines.filter(line => line.outcome === 'adversarial' && line.file !== null).length
  if (shown.length === all) return `All ${plural(all, 'adversarial picture')} of the run.`
  const part = `${count(shown.length)} of the ${count(all)} adversarial pictures`
  const files = new Set(shown.map(t => t.adversarial))
  const even = chooseForGallery(lines, shown.length).every(line => files.has(line.file))
  return even
    ? `${part}, at even distances in the order of results.jsonl: not chosen by eye.`
    : `${part}: a part, not a random sample.`
}

function figure(t: Thumbnail, line: Line | null, { attacks }: Report): Html {
  const [image, from, to] = [shorten(t.image, 200), shorten(t.from, 60), shorten(t.to, 60)]
  const norm = line?.norm ?? attacks.find(a => a.name === t.attack)?.norm ?? 'linf'
  const before = line?.clean ? ` ${percent(line.clean.confidence)}` : null
  const right = t.adversarial
    ? picture(t.adversarial, `${image} after ${t.attack}: ${to}`)
    : html`<span class="none">no file</span>`
  return html`<figure>
<div class="pair">${picture(t.clean, `${image} before: ${from}`)}${right}</div>
<figcaption><span class="says">${name(from)}${before}</span> <span class="says after">→\u00a0${name(to)} ${percent(t.confidence)}</span>
<span class="file">${name(image)} · ${t.attack} ${budget(norm, t.eps)}</span></figcaption>
</figure>
`
}

const picture = (file: string, alt: string): Html =>
  html`<a href="${address(file)}"><img src="${address(file)}" alt="${alt}" loading="lazy"></a>`
