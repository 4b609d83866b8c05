import { escapeHtml } from './escape.ts'

/** Text that is HTML already; only `html` and `trusted` make it. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a template takes: text is escaped, lists are joined, null is nothing. */
export type Content = Html | string | number | null | readonly Content[]

/** A piece of HTML. Every value is escaped unless it is HTML itself; attribute values stand in double quotes. */
export const html = (strings: TemplateStringsArray, ...values: readonly Content[]): Html =>
  new Html(strings.reduce((text, piece, i) => text + write(values[i - 1]) + piece))

/** Our own constant text, as it is: style sheets. Never anything from outside. */
export const trusted = (text: string): Html => new Html(text)

/** Bytes as an address that holds them itself. */
export const inlined = (bytes: Uint8Array, type: 'image/webp'): Html =>
  new Html(`data:${type};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')}`)

function write(value: Content): string {
  if (value === null) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(write).join('')
  return escapeHtml(String(value))
}

/** A name from outside: it keeps its own direction of writing, and at most `limit` characters of it are shown. */
export const name = (text: string, limit = 200): Html => html`<bdi>${shorten(text, limit)}</bdi>`

/** At most `limit` characters; the middle goes, the end often tells more. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text
  const half = Math.floor((limit - 1) / 2)
  return `${text.slice(0, half)}…${text.slice(text.length - half)}`
}

/** Text whose https addresses are links. */
export const linked = (text: string): Html =>
  html`${text.split(/(https:\/\/[^\s,;]+)/).map((piece, i) => (i % 2 ? html`<a href="${piece}">${piece}</a>` : piece))}`

/**
 * The address of a file below the folder of the report, whatever its name holds: `a b/#1.png` is `a%20b/%231.png`.
 * It never leaves that folder.
 */
export const address = (path: string): string =>
  path
    .split('/')
    .filter(part => part !== '' && part !== '.' && part !== '..')
    .map(part => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd')))
    .join('/')

export interface Column {
  readonly title: string
  /** Numbers stand right. */
  readonly number?: boolean
}

/**
 * A table that a narrow screen shows as one card a row, each value beside its column's title; the roles keep it a table
 * for screen readers there. `narrow` where a full line would part what belongs together.
 */
export const table = (
  columns: readonly Column[],
  rows: readonly (readonly Content[])[],
  width: 'wide' | 'narrow' = 'wide',
): Html =>
  html`<table class="${width}" role="table">
<thead role="rowgroup"><tr role="row">${columns.map(c => html`<th scope="col" role="columnheader"${kind(c)}>${c.title}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows.map(
  row =>
    html`<tr role="row">${row.map((cell, i) => html`<td role="cell" data-title="${columns[i].title}"${kind(columns[i])}><div>${cell}</div></td>`)}</tr>\n`,
)}</tbody>
</table>`

const kind = (column: Column): Html | null => (column.number ? html` class="number"` : null)

export interface Section {
  readonly title: string
  readonly body: Content
}

/** "Pictures that failed" is at `#pictures-that-failed`. */
export const anchor = ({ title }: Section): string => title.toLowerCase().replace(/[^a-z0-9]+/g, '-')

export const section = (s: Section): Html =>
  html`<section aria-labelledby="${anchor(s)}">\n<h2 id="${anchor(s)}">${s.title}</h2>\n${s.body}\n</section>\n`

/** Links to the sections. */
export const contents = (sections: readonly Section[]): Html =>
  html`<nav aria-label="Contents"><ul>${sections.map(s => html`<li><a href="#${anchor(s)}">${s.title}</a></li>\n`)}</ul></nav>\n`
