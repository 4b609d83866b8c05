import type { Report } from '../engine/options.ts'
import { visible } from './escape.ts'
import { count, duration, plural } from './figures.ts'
import { type Content, type Html, html, name, type Section, shorten, table } from './markup.ts'
import { fitting, formula } from './preprocessing.ts'

const SIGNS = { pass: '✓ pass', warn: '! warn', fail: '✗ fail' }

/** What was checked of the evaluation itself. */
export const checks = (report: Report): Section => ({
  title: 'Validity checks',
  body:
    report.checks.length === 0
      ? html`<p class="about">None ran.</p>`
      : table(
          [{ title: 'Status' }, { title: 'Check' }, { title: 'What was seen' }],
          report.checks.map(c => [
            html`<span class="status ${c.status in SIGNS ? c.status : 'fail'}">${SIGNS[c.status] ?? c.status}</span>`,
            html`<strong>${c.id}</strong> ${name(c.title)}`,
            html`<bdi>${shorten(c.detail, 2000)}</bdi>`,
          ]),
        ),
})

/** What somebody needs to see the same again. */
export function evidence(report: Report): Section {
  const { model, images } = report
  const from = { csv: 'a CSV file', folder: 'the names of their folders', prediction: "the model's prediction" }
  const labels = Object.entries(images.labelFrom).map(
    ([key, n]) => `${count(n)} from ${from[key as keyof typeof from] ?? key}`,
  )
  return {
    title: 'How to reproduce it',
    body: html`<pre><code>${report.command}</code></pre>
${visible(report.command) === report.command ? null : html`<p class="about">Characters of the command that cannot be seen are left out here; report.json has it exactly.</p>`}<dl>
${rows([
  ['Made by', `${report.tool} ${report.version}, ${report.date}, in ${duration(report.seconds)}`],
  ['Model', html`${name(model.path, 1000)}<br><code>sha256 ${model.sha256}</code>`],
  [
    'Attacks',
    html`${[...new Map(report.attacks.map(a => [a.name, a.sha256]))].map(([attack, sha256], i) => html`${i > 0 ? html`<br>` : null}${name(attack)} <code>sha256 ${sha256}</code>`)}`,
  ],
  [
    'Results',
    html`results.jsonl, ${plural(report.results.lines, 'line')}<br><code>sha256 ${report.results.sha256}</code>`,
  ],
  ['Input', `${model.input.join(' × ')} (channels, height, width), ${count(model.classes)} classes`],
  ['Preprocessing', preprocessed(model.preprocessing)],
  ['Labels', labels.join(', ') || 'none'],
  ['Target', report.target === null ? 'none: any other class counts' : name(report.target)],
  ['Seed', String(report.seed)],
  ...Object.entries(report.runtime).map(([key, value]): Row => [words(shorten(key, 60)), shorten(String(value), 500)]),
])}</dl>
${notes([...model.notes, ...report.notes])}
<p class="about">results.jsonl has a line for each picture and attack, with the sha256 of the source and of the written file, and report.csv the same as a table;
<code>advx verify</code> reads every picture again and says where a line differs.</p>`,
  }
}

function preprocessed(recipe: Report['model']['preprocessing']): Content {
  const fitted = fitting(recipe.geometry)
  return html`${name(recipe.name)}: <code>${formula(recipe)}</code>${fitted && html`<small>Pictures of another size: ${fitted}.</small>`}`
}

/** "millisecondsPerGradient": "Milliseconds per gradient"; what has a spelling of its own keeps it. */
const words = (key: string): string =>
  SPELLINGS.get(key) ??
  key.replace(/[a-z][A-Z]/g, ([a, b]) => `${a} ${b.toLowerCase()}`).replace(/^[a-z]/, c => c.toUpperCase())

const SPELLINGS = new Map([
  ['cpu', 'CPU'],
  ['node', 'Node.js'],
  ['onnxruntime', 'ONNX Runtime'],
])

type Row = readonly [string, Content]
const rows = (list: readonly Row[]): Html[] => list.map(([key, value]) => html`<dt>${key}</dt><dd>${value}</dd>\n`)

const NOTES_SHOWN = 100
function notes(list: readonly string[]): Html | null {
  if (list.length === 0) return null
  const more = list.length - NOTES_SHOWN
  return html`<h3>Notes</h3>
<ul>${list.slice(0, NOTES_SHOWN).map(note => html`<li><bdi>${shorten(note, 1000)}</bdi></li>\n`)}${more > 0 ? html`<li>And ${count(more)} more, in report.json.</li>` : null}</ul>`
}
