import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { outputNames } from '../io/output-names.ts'
import type { Line } from './options.ts'
import { folderOf } from './plan.ts'

/** What the plan says of the line at a place of results.jsonl. */
export interface Place extends Pick<Line, 'image' | 'attack' | 'norm' | 'eps'> {
  /** Path of its pictures below `clean/` and below the attack's folder. */
  readonly output: string
  readonly folder: string
}
export interface PlannedAttack {
  readonly name: string
  readonly norm: Line['norm']
  readonly eps: Line['eps'][]
}

/** The places of a whole run: each attack, each budget, each picture by code unit. Pictures are those of the first pass. */
export function placesOf(attacks: readonly PlannedAttack[], lines: readonly Line[]): Place[] {
  const passes = attacks.flatMap(({ name, norm, eps: all }) =>
    all.map(eps => ({ attack: name, norm, eps, folder: folderOf(name, eps, all.length) })),
  )
  const [first] = passes
  const own = lines.filter(line => line.attack === first.attack && line.eps === first.eps).map(line => line.image)
  const images = [...new Set(own)].sort((a, b) => (a < b ? -1 : 1))
  const outputs = outputNames(images)
  return passes.flatMap(pass => images.map((image, i) => ({ ...pass, image, output: outputs[i] })))
}

/** Lines that a finished run must have: those of its report. Null: it has not finished. */
export async function linesOfReport(folder: string, attacks: readonly PlannedAttack[]): Promise<number | null> {
  try {
    const report = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'))
    return report.images.found * attacks.reduce((passes, { eps }) => passes + eps.length, 0)
  } catch {
    return null
  }
}
