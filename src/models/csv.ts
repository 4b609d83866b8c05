import { AdvxError } from '../errors.ts'

export interface Row {
  /** Where the row begins, counted from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/**
 * The rows of a CSV file (RFC 4180): cells between commas, or in quotes, where a quote is written twice and commas and
 * line ends are text. Empty lines are left out. Throws a usage error at a quote that never closes.
 */
export function parseCsv(text: string, subject: string): Row[] {
  const rows: Row[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y
  let line = 1
  let row: { line: number; cells: string[] } = { line, cells: [] }
  while (cell.lastIndex < text.length || row.cells.length > 0) {
    const match = cell.exec(text)
    if (!match)
      throw new AdvxError('usage', `${subject}, line ${line}: a quote stands within a cell or is never closed.`)
    const [all, quoted, bare, end] = match
    row.cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'))
    line += all.match(/\r\n|\n|\r/g)?.length ?? 0
    if (end === ',') continue
    if (row.cells.length > 1 || row.cells[0].trim() !== '') rows.push(row)
    row = { line, cells: [] }
  }
  return rows
}
