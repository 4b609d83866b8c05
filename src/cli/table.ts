import { stripVTControlCharacters } from 'node:util'

/** Rows in columns, two spaces between them; colours do not count as width. */
export function table(rows: readonly (readonly string[])[], indent = ''): string {
  const width = (cell: string): number => [...stripVTControlCharacters(cell)].length
  const columns = Math.max(0, ...rows.map(row => row.length))
  const widths = Array.from({ length: columns }, (_, i) => Math.max(0, ...rows.map(row => width(row[i] ?? ''))))
  return rows
    .map(row => indent + row.map((cell, i) => cell + ' '.repeat(widths[i] - width(cell))).join('  '))
    .map(line => line.trimEnd())
    .join('\n')
}
