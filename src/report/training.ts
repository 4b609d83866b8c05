import type { TrainingReport } from '../train/report.ts'
import { ticks, withRoom } from './axis.ts'
import { count, duration, percent, plural } from './figures.ts'
import { type Html, html, name, section, shorten, table } from './markup.ts'
import { footer, page } from './page.ts'

const [WIDTH, HEIGHT] = [440, 280]
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 428, 12, 236]

/** The page of a training: how loss and accuracy went, and what it was. */
export function trainingHtml(report: TrainingReport): string {
  const { file, history, pictures } = report
  const last = history[history.length - 1]
  const measured = last?.validation
  return page(
    file,
    html`<header>
<p class="tool">advx · training</p>
<h1>${name(file)}</h1>
<p class="lead">${plural(history.length, 'epoch')} on ${plural(pictures.trained, 'picture')}${measured ? `; ${percent(measured.accuracy)} of ${plural(pictures.measured, 'picture')} that it was not trained on are classified rightly` : null}.</p>
</header>
<main>
${section({ title: 'How it went', body: html`${lossChart(report)}${accuracyChart(report)}${figures(report)}` })}
${section({ title: 'How to reproduce it', body: evidence(report) })}
</main>
${footer(`Made by advx ${report.version} on ${report.date}. The same figures for programs are in the .json beside it.`)}`,
  )
}

interface Line {
  readonly title: string
  readonly colour: string
  readonly values: readonly number[]
}

const lossChart = ({ history }: TrainingReport): Html =>
  chart('Loss', linesOf(history, 'loss'), Math.max(...history.map(e => e.loss)), v => String(Number(v.toPrecision(3))))

const accuracyChart = ({ history }: TrainingReport): Html =>
  chart('Accuracy', linesOf(history, 'accuracy'), 1, v => `${Math.round(100 * v)} %`)

function linesOf(history: TrainingReport['history'], key: 'loss' | 'accuracy'): Line[] {
  const trained = {
    title: 'Pictures that it was trained on, during the epoch',
    colour: 's1',
    values: history.map(e => e[key]),
  }
  const measured = history.flatMap(({ validation }) => (validation ? [validation[key]] : []))
  if (measured.length < history.length) return [trained]
  return [trained, { title: "Pictures that it was not trained on, at the epoch's end", colour: 's0', values: measured }]
}

/** Lines over the epochs; values above `most` are at the top. */
function chart(title: string, lines: readonly Line[], most: number, text: (v: number) => string): Html {
  const epochs = lines[0].values.length
  const x = (i: number): number => round(LEFT + ((RIGHT - LEFT) * (i + 1)) / epochs)
  const y = (v: number): number => round(BOTTOM + ((TOP - BOTTOM) * Math.min(v, most)) / (most || 1))
  const labels = withRoom(
    ticks(epochs, 8).filter(e => e >= 1 && Number.isInteger(e)),
    String,
    e => x(e - 1),
  )
  return html`<div class="curve"><figure>
<figcaption>${title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title} by epoch. ${lines.map(l => `${l.title}: ${l.values.map(text).join(', ')}`).join('. ')}">
${ticks(most).map(
  v => html`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(v)}" y2="${y(v)}"/>
<text x="${LEFT - 8}" y="${y(v)}" dy="0.32em" text-anchor="end">${text(v)}</text>
`,
)}${labels.map(
  e => html`<line class="grid" x1="${x(e - 1)}" x2="${x(e - 1)}" y1="${BOTTOM}" y2="${BOTTOM + 4}"/>
<text x="${x(e - 1)}" y="${BOTTOM + 18}" text-anchor="middle">${e}</text>
`,
)}<text x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">epoch</text>
${lines.map(
  ({
    colour,
    values,
  }) => html`<g class="${colour}"><polyline class="line" points="${values.map((v, i) => `${x(i)},${y(v)}`).join(' ')}"/>
${values.map((v, i) => html`<g class="mark"><title>epoch ${i + 1}: ${text(v)}</title><circle cx="${x(i)}" cy="${y(v)}" r="2.5"/></g>`)}</g>
`,
)}</svg></figure>
<ul class="legend">${lines.map(
    ({ title, colour, values }) =>
      html`<li><svg class="${colour}" viewBox="0 0 28 14" aria-hidden="true"><line class="line" x1="0" x2="28" y1="7" y2="7"/></svg>
<span><strong>${title}</strong><small>${text(values[values.length - 1])} in the end</small></span></li>
`,
  )}</ul></div>
`
}

const round = (pixels: number): number => Number(pixels.toFixed(1))

const figures = ({ history }: TrainingReport): Html =>
  html`<details><summary>All figures</summary>${table(
    ['Epoch', 'Loss', 'Accuracy', 'Loss, not trained on', 'Accuracy, not trained on', 'Learning rate at its end'].map(
      title => ({ title, number: true }),
    ),
    history.map(({ epoch, loss, accuracy, validation, rate }) => [
      epoch,
      loss.toFixed(4),
      percent(accuracy),
      validation ? validation.loss.toFixed(4) : '–',
      validation ? percent(validation.accuracy) : '–',
      rate.toPrecision(3),
    ]),
  )}</details>`

function evidence({ command, seconds, pictures, plan, sha256, threads, parameters }: TrainingReport): Html {
  const rows = [
    ['Took', `${duration(seconds)} on ${plural(threads, 'thread')}`],
    ['Pictures', `${count(pictures.trained)} trained on, ${count(pictures.measured)} measured on`],
    ['Parameters', count(parameters)],
    ['File', html`<code>sha256 ${sha256}</code>`],
    ...Object.entries(plan).map(([key, value]) => [key, shorten(JSON.stringify(value), 1000)] as const),
  ] as const
  return html`<pre><code>${command}</code></pre><dl>
${rows.map(([key, value]) => html`<dt>${key}</dt><dd>${value}</dd>\n`)}</dl>`
}
