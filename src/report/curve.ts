import type { Curve, Report } from '../engine/options.ts'
import type { NormName } from '../norms.ts'
import { ticks, withRoom } from './axis.ts'
import { budget, isWhole, length, NORM_TITLES, percent, plain } from './figures.ts'
import { type Html, html, name, type Section } from './markup.ts'
import { seriesOf } from './series.ts'

const [WIDTH, HEIGHT] = [440, 280]
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 428, 12, 236]

/** Robust accuracy over eps, a chart for each norm; null where no attack gives a curve. */
export function curves(report: Report): Section | null {
  const { curves: all } = report
  if (all.length === 0) return null
  const norms = [...new Set(all.map(c => c.norm))]
  const swept = all.some(c => c.from === 'sweep')
  const stepped = all.some(c => c.from === 'distances')
  return {
    title: 'Robust accuracy over the budget',
    body: html`<p class="about">Of all usable pictures, those classified rightly and not broken within the budget; at 0, before any attack.
${swept ? 'Each mark was measured, by an attack of its own at that budget; between the marks nothing was. ' : null}${stepped ? 'Steps come from the distances that an attack without a budget reached. ' : null}The
band is the 95 % interval (Wilson). A picture broken within a budget counts as broken at every larger one.</p>
${norms.map(norm =>
  chart(
    report,
    norm,
    all.filter(c => c.norm === norm),
  ),
)}`,
  }
}

function chart(report: Report, norm: NormName, list: readonly Curve[]): Html {
  const budgets = list.flatMap(c => c.points.map(p => p.eps))
  const inLevels = norm === 'linf' && budgets.every(isWhole)
  const most = Math.max(...budgets) || 1
  const x = (eps: number): number => round(LEFT + ((RIGHT - LEFT) * eps) / most)
  const y = (share: number): number => round(BOTTOM + (TOP - BOTTOM) * share)
  const text = (eps: number): string => (inLevels ? String(Math.round(255 * eps)) : plain(eps))
  const stepped = list.some(c => c.from === 'distances')
  const labels = withRoom(stepped ? ticks(most) : budgets, text, x)
  const main = list.find(c => c.attack === null) ?? list[0]
  const path = ({ from, points }: Curve, of: (p: Curve['points'][number]) => number): string =>
    points
      .map(
        (p, i) =>
          `${from === 'distances' && i > 0 ? `${x(p.eps)},${y(of(points[i - 1]))} ` : ''}${x(p.eps)},${y(of(p))}`,
      )
      .join(' ')
  const back = path({ ...main, points: main.points }, p => p.low)
    .split(' ')
    .reverse()
    .join(' ')
  return html`<div class="curve"><figure>
<figcaption>${NORM_TITLES[norm]}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${list.map(c => describe(c, norm)).join('. ')}">
${[0, 0.25, 0.5, 0.75, 1].map(
  share => html`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(share)}" y2="${y(share)}"/>
<text x="${LEFT - 8}" y="${y(share)}" dy="0.32em" text-anchor="end">${100 * share} %</text>
`,
)}${labels.map(
  eps => html`<line class="grid" x1="${x(eps)}" x2="${x(eps)}" y1="${BOTTOM}" y2="${BOTTOM + 4}"/>
<text x="${x(eps)}" y="${BOTTOM + 18}" text-anchor="middle">${text(eps)}</text>
`,
)}<text x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${inLevels ? 'budget ε, in levels of 255' : 'budget ε'}</text>
<polygon class="band ${seriesOf(report, main.attack).colour}" points="${path(main, p => p.high)} ${back}"/>
${list.map(c => {
  const { colour, mark } = seriesOf(report, c.attack)
  const marks = c.attack === null || c.from === 'distances' ? [] : c.points.slice(1)
  return html`<g class="${colour}"><polyline class="line" points="${path(c, p => p.value)}"/>
${marks.map(p => html`<g class="mark"><title>${c.attack}, ${budget(norm, p.eps)}: ${percent(p.value)}</title>${mark(x(p.eps), y(p.value))}</g>`)}</g>
`
})}<circle class="start" cx="${x(0)}" cy="${y(main.points[0].value)}" r="4"/>
</svg></figure>
${legend(report, norm, list)}</div>
`
}

/** What each line is, and where it ends. */
const legend = (report: Report, norm: NormName, list: readonly Curve[]): Html =>
  html`<ul class="legend">${list.map(c => {
    const { colour, mark } = seriesOf(report, c.attack)
    const last = c.points[c.points.length - 1]
    return html`<li><svg class="${colour}" viewBox="0 0 28 14" aria-hidden="true"><line class="line" x1="0" x2="28" y1="7" y2="7"/>${c.attack === null || c.from === 'distances' ? null : html`<g class="mark">${mark(14, 7)}</g>`}</svg>
<span><strong>${c.attack === null ? 'All attacks together' : name(c.attack, 60)}</strong><small>${percent(last.value)} at ${c.from === 'distances' ? length(last.eps) : budget(norm, last.eps)}</small></span></li>
`
  })}</ul>`

const describe = ({ attack, points }: Curve, norm: NormName): string =>
  `Robust accuracy against ${attack ?? 'all attacks'}: ${points.map(p => `${percent(p.value)} at ${p.eps === 0 ? 'no budget' : budget(norm, p.eps)}`).join(', ')}`

const round = (pixels: number): number => Number(pixels.toFixed(1))
