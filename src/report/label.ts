import { type Html, html, shorten } from './markup.ts'

/** Text of a chart: at most `limit` characters, drawn narrower where it would take more than `room` pixels. */
export function label(
  text: string,
  limit: number,
  room: number,
): { readonly text: string; readonly squeeze: Html | null } {
  const shown = shorten(text, limit)
  const squeeze = widthOf(shown) > room ? html` textLength="${room}" lengthAdjust="spacingAndGlyphs"` : null
  return { text: shown, squeeze }
}

/** What text of 14 pixels takes at most in the usual fonts. */
const widthOf = (text: string): number =>
  [...text].reduce(
    (width, c) => width + (/[WMwm@%…\u1100-\uffff]|[^\0-\uffff]/u.test(c) ? 15 : /[A-Z0-9&]/.test(c) ? 10.5 : 8.75),
    0,
  )
