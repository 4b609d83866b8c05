import type { Report } from '../engine/options.ts'
import { count, percent, plural } from './figures.ts'
import { className } from './gallery.ts'
import { label } from './label.ts'
import { type Html, html, name, type Section, shorten, table } from './markup.ts'

/** Pairs that are listed, and classes up to which there is a matrix. */
export const PAIRS_SHOWN = 20
const BESIDE_MATRIX = 12
export const MATRIX_CLASSES = 12

type Pairs = Report['confusion']['pairs']

/** Which class was taken for which; null where no picture was classified. */
export function confusionTable({ confusion, model, classes, attacks }: Report): Section | null {
  const { total, distinct, pairs } = confusion
  if (total === 0) return null
  const named = (k: number): Html => name(className(k, model.classNames), 60)
  const several = new Set(attacks.map(a => a.name)).size > 1
  const size = Math.max(model.classes, ...pairs.map(pair => Math.max(pair.from, pair.to) + 1))
  const small = size <= MATRIX_CLASSES
  const changed = pairs.filter(({ from, to }) => from !== to).slice(0, small ? BESIDE_MATRIX : PAIRS_SHOWN)
  const totals = new Map(classes.map(c => [c.class, c.pictures * (total / sum(classes.map(c => c.pictures)))]))
  return {
    title: 'Confusion under attack',
    body: html`<p class="about">Of each true class, what the model says of the pictures as the attack left them: of the written picture
where it is adversarial, of the clean one where it is not. ${several ? `Every attack counts, at its largest budget: ${plural(total, 'prediction')}.` : `${plural(total, 'prediction')}.`}</p>
<div class="confusion${small ? null : ' alone'}">
${
  size <= MATRIX_CLASSES
    ? matrix(
        pairs,
        Array.from({ length: size }, (_, k) => className(k, model.classNames)),
      )
    : null
}
<div>${
      changed.length === 0
        ? html`<p>No picture was taken for another class.</p>`
        : html`<h3>${distinct > changed.length ? `The ${changed.length} most frequent of ${count(distinct)} confusions` : 'All confusions'}</h3>
${table(
  [
    { title: 'True class' },
    { title: 'Taken for' },
    { title: 'Count', number: true },
    { title: 'Of the class', number: true },
  ],
  changed.map(({ from, to, count: n }) => [named(from), named(to), count(n), percent(n / (totals.get(from) ?? n))]),
  'narrow',
)}`
    }</div>
</div>`,
  }
}

const CELL = 30
const LABEL = 96

/** Rows are true classes, columns what the model says; a darker cell is a larger share of its row. */
function matrix(pairs: Pairs, names: readonly string[]): Html {
  const rows = names.map((_, from) => sum(pairs.filter(pair => pair.from === from).map(pair => pair.count)))
  const [width, height] = [LABEL + names.length * CELL + 44, LABEL + names.length * CELL + 4]
  const said = pairs.map(({ from, to, count: n }) => `${names[from]} as ${names[to]}: ${n}`)
  const labels = names.map(text => label(text, 14, LABEL - 12))
  return html`<figure class="matrix"><svg viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${shorten(`Confusion matrix. ${said.join(', ')}`, 4000)}">
<text class="axis" x="${LABEL - 8}" y="${LABEL - 24}" text-anchor="end">true</text><text class="axis" x="${LABEL - 8}" y="${LABEL - 8}" text-anchor="end">↓ · said →</text>
${labels.map(
  (
    { text, squeeze },
    k,
  ) => html`<text x="${LABEL - 8}" y="${LABEL + (k + 0.5) * CELL}" dy="0.32em" text-anchor="end"${squeeze}>${text}</text>
<text transform="translate(${LABEL + (k + 0.5) * CELL + 4} ${LABEL - 8}) rotate(-55)"${squeeze}>${text}</text>
<rect class="cell" x="${LABEL + k * CELL}" y="${LABEL + k * CELL}" width="${CELL}" height="${CELL}" fill="none"/>
`,
)}${pairs.map(({ from, to, count: n }) => {
  const share = n / rows[from]
  const [x, y] = [LABEL + to * CELL, LABEL + from * CELL]
  return html`<rect class="${from === to ? 'right' : 'wrong'}" x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${CELL - 2}" fill-opacity="${(0.12 + 0.88 * share).toFixed(2)}"><title>${names[from]} as ${names[to]}: ${count(n)}</title></rect><text class="count" x="${x + CELL / 2}" y="${y + CELL / 2}" dy="0.32em" text-anchor="middle">${short(n)}</text>
`
})}</svg><figcaption>The stronger the colour, the larger the share of the row. On the diagonal, pictures that kept their class.</figcaption></figure>
`
}

/** At most four characters: "950", "1.2k". */
const short = (n: number): string => (n < 1000 ? String(n) : `${Number((n / 1000).toPrecision(2))}k`)

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
