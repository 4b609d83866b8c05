import type { Line } from '../engine/options.ts'
import { count } from './figures.ts'
import { html, name, type Section, shorten, table } from './markup.ts'

/** A picture that could not be read or attacked, and why. */
export interface Failure {
  readonly image: string
  readonly error: string
}

/** The failed pictures that a report names; all are in results.jsonl. */
export const FAILURES_SHOWN = 500

/** Each picture and error once, however many attacks met it. */
export function failuresOf(lines: readonly Line[]): Failure[] {
  const failures = new Map<string, Failure>()
  for (const { outcome, image, error = 'no reason was recorded' } of lines)
    if (outcome === 'failed') failures.set(JSON.stringify([image, error]), { image, error })
  return [...failures.values()]
}

/** The pictures that failed, each with its error; null where none did. */
export function failed(lines: readonly Line[]): Section | null {
  const failures = failuresOf(lines)
  if (failures.length === 0) return null
  const more = failures.length - FAILURES_SHOWN
  return {
    title: 'Pictures that failed',
    body: html`<p class="about">They could not be read or attacked, and are in none of the figures.</p>
${table(
  [{ title: 'Picture' }, { title: 'Error' }],
  failures.slice(0, FAILURES_SHOWN).map(f => [name(f.image), html`<bdi>${shorten(f.error, 600)}</bdi>`]),
)}
${more > 0 ? html`<p class="about">And ${count(more)} more, in results.jsonl.</p>` : null}`,
  }
}
