import type { Report } from '../engine/options.ts'
import { type Html, html } from './markup.ts'

/** Colours that the style sheet has; further attacks take them again with another mark. */
export const COLOURS = 8

/** An attack's class in the style sheet and its mark, the same all through a report. */
export interface Series {
  readonly colour: string
  readonly mark: (x: number, y: number) => Html
}

const MARKS: readonly Series['mark'][] = [
  (x, y) => html`<circle cx="${x}" cy="${y}" r="4"/>`,
  (x, y) => html`<rect x="${x - 3.6}" y="${y - 3.6}" width="7.2" height="7.2"/>`,
  (x, y) => html`<path d="M${x} ${y - 5}l4.8 8.6h-9.6z"/>`,
  (x, y) => html`<path d="M${x} ${y - 5.2}l5.2 5.2-5.2 5.2-5.2-5.2z"/>`,
  (x, y) => html`<path d="M${x} ${y + 5}l4.8-8.6h-9.6z"/>`,
]

/** By the order of the attacks in the report; null is all of them together. */
export function seriesOf({ attacks }: Report, attack: string | null): Series {
  if (attack === null) return { colour: 'all', mark: MARKS[0] }
  const i = [...new Set(attacks.map(a => a.name))].indexOf(attack)
  return { colour: `s${Math.max(0, i) % COLOURS}`, mark: MARKS[Math.max(0, i) % MARKS.length] }
}
