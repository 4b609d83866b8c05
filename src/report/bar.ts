import type { Share } from '../engine/options.ts'
import { type Html, html } from './markup.ts'

/** A share as a bar, its interval as a line over it. */
export const bar = ({ value, low, high }: Share): Html =>
  html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="8"/><rect class="value" width="${at(value)}" height="8"/><rect class="interval" x="${at(low)}" y="3" width="${at(high - low)}" height="2"/></svg>
`

const at = (share: number): string => (100 * share).toFixed(2)
