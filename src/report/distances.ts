import type { AttackSummary, Line, Report, Spread } from '../engine/options.ts'
import type { NormName } from '../norms.ts'
import { ticks } from './axis.ts'
import { length, NORM_TITLES, plain, plural, threat } from './figures.ts'
import { type Bin, histogram } from './histogram.ts'
import { label } from './label.ts'
import { type Content, type Html, html, name, type Section, table } from './markup.ts'
import { seriesOf } from './series.ts'

/** Passes that the charts show; the table has all. */
export const PASSES_SHOWN = 12

const NORMS = ['linf', 'l2', 'l1', 'l0'] as const
const UNITS: Readonly<Record<NormName, string>> = {
  linf: 'the largest change of a value, in levels of 255',
  l2: 'a value is 0..1',
  l1: 'a value is 0..1',
  l0: 'pixels that changed',
}

/** How far the adversarial pictures are from the clean ones. */
export function distances(report: Report, lines: readonly Line[]): Section | null {
  const { attacks } = report
  const broken = attacks.filter(a => a.distance.l2 !== null)
  if (broken.length === 0) return null
  const shown = shownPasses(broken)
  const values = shown.map(a => adversarial(a, lines))
  return {
    title: 'Distances',
    body: html`<p class="about">Between the written PNG and the clean one in <code>clean/</code>, exact, of each adversarial picture. The
shade is from the lower to the upper quartile, the line the median. An attack inside a budget that stops early has no reason to stay near: its distances
say how much of the budget it used, not how robust the model is.${shown.length < broken.length ? ` The charts show ${plural(shown.length, 'run')} of ${broken.length}, each attack at its largest budgets; the table has all.` : null}</p>
<div class="panels">
${NORMS.map(norm => panel(report, norm, shown, values))}</div>
${table(
  [
    { title: 'Attack' },
    { title: 'Budget' },
    { title: 'L∞, levels', number: true },
    { title: 'L2', number: true },
    { title: 'L1', number: true },
    { title: 'L0, pixels', number: true },
  ],
  attacks.map(a => [
    name(a.name),
    threat(a.norm, a.eps),
    quartiles('linf', a.distance.linf),
    quartiles('l2', a.distance.l2),
    quartiles('l1', a.distance.l1),
    quartiles('l0', a.distance.l0),
  ]),
)}
<p class="about">Median, and below it the lower and upper quartile.</p>`,
  }
}

/** All, or as many of each attack's largest budgets as there is room for. */
function shownPasses(passes: readonly AttackSummary[]): readonly AttackSummary[] {
  if (passes.length <= PASSES_SHOWN) return passes
  const rank = (a: AttackSummary): number => passes.filter(b => b.name === a.name && (b.eps ?? 0) > (a.eps ?? 0)).length
  const chosen = new Set([...passes].sort((a, b) => rank(a) - rank(b)).slice(0, PASSES_SHOWN))
  return passes.filter(a => chosen.has(a))
}

const adversarial = ({ name: attack, eps }: AttackSummary, lines: readonly Line[]): Line[] =>
  lines.filter(l => l.attack === attack && l.eps === eps && l.outcome === 'adversarial' && l.distance !== null)

const WIDTH = 380
/** Above and below the bars of a row. */
const [TITLE, GAP] = [22, 8]

/** The distributions of one distance, a row an attack and budget, over one axis. */
function panel(
  report: Report,
  norm: NormName,
  passes: readonly AttackSummary[],
  values: readonly (readonly Line[])[],
): Html {
  const all = values.map(lines => lines.map(line => scaled(norm, line.distance![norm])))
  const whole = norm === 'linf' || norm === 'l0'
  const quartile = Math.max(...passes.map(a => scaled(norm, a.distance[norm]!.q3)))
  const most = all.reduce((max, row) => row.reduce((m, v) => Math.max(m, v), max), quartile)
  const bins = all.map(row => histogram(row, most, whole))
  const end = whole ? (bins[0].at(-1)?.to ?? 1) : most
  const x = (v: number): number => round((WIDTH * v) / (end || 1))
  // A whole value v stands in the middle of v to v + 1.
  const half = whole ? 0.5 : 0
  const bars = passes.length > 3 ? 28 : 56
  const height = TITLE + bars + GAP
  const bottom = passes.length * height
  return html`<figure class="panel"><figcaption>${NORM_TITLES[norm]} <small class="beside">${UNITS[norm]}</small></figcaption>
<svg viewBox="-6 0 ${WIDTH + 12} ${bottom + 22}" role="img" aria-label="${passes.map(a => `${NORM_TITLES[norm]} of ${a.name} at ${threat(a.norm, a.eps)}: ${spoken(norm, a.distance[norm])}`).join('. ')}">
${passes.map((a, i) => row(a, norm, bins[i], { top: i * height, bars, x: v => x(v + half), edge: x }, seriesOf(report, a.name).colour))}<line class="grid" x1="0" x2="${WIDTH}" y1="${bottom}" y2="${bottom}"/>
${ticks(most)
  .filter(v => !whole || Number.isInteger(v))
  .map(
    v => html`<line class="grid" x1="${x(v + half)}" x2="${x(v + half)}" y1="${bottom}" y2="${bottom + 4}"/><text x="${x(v + half)}" y="${bottom + 17}" text-anchor="${x(v + half) < 10 ? 'start' : v > 0.97 * end ? 'end' : 'middle'}">${v >= 1000 ? length(v) : plain(v)}</text>
`,
  )}</svg></figure>
`
}

/** Where a row of bars stands, and the places of values and of the edges of bins. */
interface Place {
  readonly top: number
  readonly bars: number
  readonly x: (v: number) => number
  readonly edge: (v: number) => number
}

function row(
  a: AttackSummary,
  norm: NormName,
  bins: readonly Bin[],
  { top, bars, x, edge }: Place,
  colour: string,
): Html {
  const tallest = Math.max(1, ...bins.map(b => b.count))
  const base = top + TITLE + bars
  const { q1, q3, median } = a.distance[norm]!
  const title = label(`${a.name} ${threat(a.norm, a.eps)}`, 28, 220)
  const at = (v: number): number => x(scaled(norm, v))
  return html`<g class="${colour}"><text class="title" x="0" y="${top + 13}"${title.squeeze}>${title.text}</text><text x="${WIDTH}" y="${top + 13}" text-anchor="end">${short(norm, a.distance[norm]!)}</text>
<rect class="band" x="${at(q1)}" y="${base - bars}" width="${round(Math.max(1, at(q3) - at(q1)))}" height="${bars}"/>
${bins
  .filter(b => b.count > 0)
  .map(b => {
    const height = round(Math.max(1, (bars * b.count) / tallest))
    return html`<rect class="bin" x="${edge(b.from)}" y="${round(base - height)}" width="${round(Math.max(1, edge(b.to) - edge(b.from) - 1))}" height="${height}"/>`
  })}
<line class="median" x1="${at(median)}" x2="${at(median)}" y1="${base - bars - 3}" y2="${base}"/></g>
`
}

const round = (pixels: number): number => Number(pixels.toFixed(1))

/** L∞ is shown in levels. */
const scaled = (norm: NormName, v: number): number => (norm === 'linf' ? Number((255 * v).toFixed(6)) : v)
const show = (norm: NormName, v: number): string => length(scaled(norm, v))
const short = (norm: NormName, s: Spread): string => `${show(norm, s.median)} (${show(norm, s.q1)}–${show(norm, s.q3)})`
const spoken = (norm: NormName, s: Spread | null): string =>
  s === null ? 'none' : `median ${show(norm, s.median)}, quartiles ${show(norm, s.q1)} and ${show(norm, s.q3)}`

const quartiles = (norm: NormName, s: Spread | null): Content =>
  s === null
    ? html`<span class="none">–</span>`
    : html`<strong>${show(norm, s.median)}</strong> <small class="whole">${show(norm, s.q1)}–${show(norm, s.q3)}</small>`
