import type { AttackSummary, Report } from '../engine/options.ts'
import { budget, isWhole, NORM_TITLES, percent, plain } from './figures.ts'
import { type Html, html, type Section } from './markup.ts'

type Point = AttackSummary & { readonly eps: number; readonly robust: NonNullable<AttackSummary['robust']> }

const [WIDTH, HEIGHT] = [360, 220]
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 346, 12, 178]

/**
 * Robust accuracy over eps, one small chart for each attack that ran at several; null where none did or the run was
 * targeted.
 */
export function curves({ attacks, images, target }: Report): Section | null {
  if (target !== null) return null
  const byAttack = new Map<string, Point[]>()
  for (const a of attacks) {
    if (a.eps === null || a.robust === null) continue
    const key = JSON.stringify([a.name, a.norm])
    byAttack.set(key, [...(byAttack.get(key) ?? []), a as Point])
  }
  const sweeps = [...byAttack.values()].filter(points => new Set(points.map(p => p.eps)).size > 1)
  if (sweeps.length === 0) return null
  const usable = images.found - images.failed
  const start = usable > 0 ? 1 - images.misclassified / usable : null
  return {
    title: 'Robust accuracy over the budget',
    body: html`<p class="about">Each point is an attack of its own at that budget, over all usable pictures, with its
95 % interval; between the points nothing was measured. ${start === null ? null : 'The hollow point at 0 is the share classified rightly before any attack.'}</p>
<div class="curves">${sweeps.map(points =>
      chart(
        [...points].sort((a, b) => a.eps - b.eps),
        start,
      ),
    )}</div>`,
  }
}

function chart(points: readonly Point[], start: number | null): Html {
  const [{ name, norm }] = points
  const inLevels = norm === 'linf' && points.every(p => isWhole(p.eps))
  const most = points[points.length - 1].eps
  const x = (eps: number): string => (LEFT + ((RIGHT - LEFT) * eps) / most).toFixed(1)
  const y = (share: number): string => (BOTTOM + (TOP - BOTTOM) * share).toFixed(1)
  const measured = points.map(p => `${x(p.eps)},${y(p.robust.value)}`)
  const line = start === null ? measured : [`${x(0)},${y(start)}`, ...measured]
  const band = [
    ...points.map(p => `${x(p.eps)},${y(p.robust.high)}`),
    ...points.map(p => `${x(p.eps)},${y(p.robust.low)}`).reverse(),
  ]
  const text = (eps: number): string => (inLevels ? String(Math.round(255 * eps)) : plain(eps))
  return html`<figure class="curve"><figcaption>${name} · ${NORM_TITLES[norm]}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Robust accuracy of ${points.map(p => `${percent(p.robust.value)} at ${budget(norm, p.eps)}`).join(', ')}">
${[0, 0.25, 0.5, 0.75, 1].map(
  share => html`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(share)}" y2="${y(share)}"/>
<text x="${LEFT - 8}" y="${y(share)}" dy="0.32em" text-anchor="end">${100 * share} %</text>
`,
)}
<polygon class="band" points="${band.join(' ')}"/>
<polyline class="line" points="${line.join(' ')}"/>
${start === null ? null : html`<circle class="start" cx="${x(0)}" cy="${y(start)}" r="4"/>`}
${points.map(
  p => html`<circle class="point" cx="${x(p.eps)}" cy="${y(p.robust.value)}" r="4"><title>${budget(norm, p.eps)}: ${percent(p.robust.value)}</title></circle>
`,
)}
${ticks([0, ...points.map(p => p.eps)], text, eps => Number(x(eps))).map(
  eps => html`<text x="${x(eps)}" y="${BOTTOM + 18}" text-anchor="middle">${text(eps)}</text>`,
)}
<text x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${inLevels ? 'eps in levels of 255' : 'eps'}</text>
</svg></figure>
`
}

/** Those values whose labels have room, the last one first. */
function ticks(values: readonly number[], text: (v: number) => string, x: (v: number) => number): number[] {
  const kept: number[] = []
  let free = Infinity
  for (const v of [...new Set(values)].reverse()) {
    const half = 4 * text(v).length + 3
    if (x(v) + half > free) continue
    kept.push(v)
    free = x(v) - half
  }
  return kept
}
