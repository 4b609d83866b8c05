import type { Line } from '../engine/options.ts'
import { visible } from './escape.ts'

type Cell = string | number | boolean | null | undefined

/** The columns of report.csv, in their order. */
const COLUMNS: Readonly<Record<string, (line: Line, nameOf: (k: number | undefined | null) => Cell) => Cell>> = {
  image: l => l.image,
  attack: l => l.attack,
  by: l => l.by,
  norm: l => l.norm,
  eps: l => l.eps,
  outcome: l => l.outcome,
  label: l => l.label,
  label_name: (l, nameOf) => nameOf(l.label),
  label_from: l => l.labelFrom,
  target: l => l.target,
  target_name: (l, nameOf) => nameOf(l.target),
  clean_class: l => l.clean?.class,
  clean_name: (l, nameOf) => nameOf(l.clean?.class),
  clean_confidence: l => l.clean?.confidence,
  adversarial_class: l => l.adversarial?.class,
  adversarial_name: (l, nameOf) => nameOf(l.adversarial?.class),
  adversarial_confidence: l => l.adversarial?.confidence,
  linf: l => l.distance?.linf,
  l2: l => l.distance?.l2,
  l1: l => l.distance?.l1,
  l0: l => l.distance?.l0,
  before_rounding_adversarial: l => l.beforeRounding?.adversarial,
  before_rounding_linf: l => l.beforeRounding?.linf,
  before_rounding_l2: l => l.beforeRounding?.l2,
  noise_samples: l => l.noise?.samples,
  noise_fooled: l => l.noise?.fooled,
  gradients: l => l.gradients,
  forwards: l => l.forwards,
  zero_gradients: l => l.zeroGradients,
  non_finite: l => l.nonFinite,
  file: l => l.file,
  sha256: l => l.sha256,
  file_sha256: l => l.fileSha256,
  error: l => l.error,
}

/**
 * report.csv (RFC 4180): a header, then a row for each line of results.jsonl, in its order; piece by piece, so that
 * no number of lines fills the memory. What is absent is an empty cell.
 */
export function* reportCsv(lines: readonly Line[], classNames: readonly string[]): Generator<string> {
  const columns = Object.values(COLUMNS)
  const nameOf = (k: number | undefined | null): Cell => (k === undefined || k === null ? null : classNames[k])
  yield row(Object.keys(COLUMNS))
  for (let at = 0; at < lines.length; at += PIECE)
    yield lines
      .slice(at, at + PIECE)
      .map(line => row(columns.map(column => column(line, nameOf))))
      .join('')
}

const PIECE = 500

const row = (cells: readonly Cell[]): string => `${cells.map(cell).join(',')}\r\n`

function cell(value: Cell): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '' // results.jsonl has null there
  if (typeof value !== 'string') return value === null || value === undefined ? '' : String(value)
  const text = harmless(visible(value))
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV injection"); results.jsonl
 * has it as it is.
 */
const harmless = (text: string): string => (/^\s*[=+\-@＝＋－＠|%]/.test(text) ? `'${text}` : text)
