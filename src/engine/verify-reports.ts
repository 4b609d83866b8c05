import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileHash } from '../models/file-hash.ts'
import { reportCsv } from '../report/csv.ts'
import type { Line, Report } from './options.ts'
import type { Difference } from './verify.ts'

/**
 * Whether report.json was counted from these lines, and report.csv holds the same. A run that was interrupted has no
 * reports yet, and nothing to differ.
 */
export async function reportDifferences(folder: string, lines: readonly Line[]): Promise<Difference[]> {
  const report = await readFile(join(folder, 'report.json'), 'utf8').then(JSON.parse, () => null)
  if (report === null) return []
  const { results, model } = report as Report
  const differ = (file: string, expected: unknown, got: unknown): Difference[] =>
    expected === got ? [] : [{ image: file, attack: '', eps: null, field: 'sha256', expected, got }]
  const csv = createHash('sha256')
  for (const piece of reportCsv(lines, model.classNames)) csv.update(piece)
  return [
    ...differ('results.jsonl', results?.sha256, await fileHash(join(folder, 'results.jsonl'))),
    ...differ('report.csv', csv.digest('hex'), await fileHash(join(folder, 'report.csv')).catch(() => 'missing')),
  ]
}
