import type { Line } from '../engine/options.ts'

/** The most thumbnails in a report, and of them those kept for pictures that resisted. */
export const THUMBNAILS = 200
export const RESISTED = 50

export interface Selection {
  readonly adversarial: readonly Line[]
  readonly resisted: readonly Line[]
}

/**
 * The lines that report.html shows with a picture: adversarial ones and, one a picture, those that resisted; all where
 * there is room. Where there is not, 50 places are for those that resisted, the others for the adversarial ones, and
 * either are taken at even distances. Every class and attack has its share, and nobody chooses.
 */
export function select(lines: readonly Line[], resisted: readonly Line[], limit: number = THUMBNAILS): Selection {
  const adversarial = adversarialLines(lines)
  const places = Math.min(
    resisted.length,
    Math.max(Math.round((limit * RESISTED) / THUMBNAILS), limit - adversarial.length),
  )
  return { adversarial: evenly(adversarial, limit - places), resisted: evenly(resisted, places) }
}

export const adversarialLines = (lines: readonly Line[]): Line[] =>
  lines.filter(line => line.outcome === 'adversarial' && line.file !== null)

/** At most m of n, at even distances: the i-th is number ⌊i·n/m⌋. */
export function evenly<T>(all: readonly T[], most: number): T[] {
  const m = Math.min(most, all.length)
  return Array.from({ length: m }, (_, i) => all[Math.floor((i * all.length) / m)])
}
