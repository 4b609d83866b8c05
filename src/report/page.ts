import { type Content, type Html, html, shorten, trusted } from './markup.ts'
import { STYLE } from './style.ts'

/** What a browser shall not do for this page even if it were told to: fetch, run, frame, send. A second wall behind `escapeHtml`. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** A whole page: one file without script and without anything from elsewhere. */
export const page = (title: string, body: Content): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}">
<meta name="referrer" content="no-referrer">
<title>advx: ${shorten(title, 100)}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`.text

/** Who made it, and when. */
export const footer = (text: string): Html => html`<footer>${text}</footer>`
