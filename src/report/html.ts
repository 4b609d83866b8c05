import type { Line, Report } from '../engine/options.ts'
import { distances, results } from './attacks.ts'
import { curves } from './curve.ts'
import { checks, evidence } from './evidence.ts'
import { gallery, type Thumbnail } from './gallery.ts'
import { headline } from './headline.ts'
import { html, section, shorten, trusted } from './markup.ts'
import { classTable, outcomes } from './pictures.ts'
import { STYLE } from './style.ts'
import { tally } from './tally.ts'

export type { Thumbnail }

/** What the report is not and cannot be: a script, a frame, a form. A second wall behind `escapeHtml`. */
const POLICY = ['script-src', 'object-src', 'frame-src', 'connect-src', 'base-uri', 'form-action']

/**
 * report.html: one file without script and without anything from the network; its thumbnails are the pictures beside
 * it. Its size is bounded whatever the number of lines: 200 thumbnails, 500 failures, a row a class.
 */
export function reportHtml(
  report: Report,
  lines: readonly Line[],
  options: { readonly thumbnails: readonly Thumbnail[] },
): string {
  const counts = tally(lines, report.accuracy.robust)
  const sections = [
    results(report, lines),
    curves(report),
    distances(report),
    checks(report),
    outcomes(report, counts),
    classTable(report, counts),
    gallery(report, lines, options.thumbnails),
    evidence(report),
  ].filter(s => s !== null)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY.map(kind => `${kind} 'none'`).join('; ')}">
<meta name="referrer" content="no-referrer">
<title>advx: ${shorten(report.model.file, 100)}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
${headline(report, lines, counts)}
<main>
${sections.map(section)}</main>
<footer>Made by ${report.tool} ${report.version} on ${report.date}. The same figures for programs are in report.json.</footer>
</body>
</html>
`.text
}
