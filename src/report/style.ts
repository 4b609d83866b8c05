/** The style sheet of report.html: no font, colour or picture from elsewhere; light, dark, paper and phone. */
const LIGHT = `--ink: #1a1d21; --soft: #59626d; --paper: #ffffff; --panel: #f5f7f9; --edge: #d9dee4; --main: #2f6db3;
  --pass: #1d7a3e; --warn: #8a5a00; --fail: #b3261e; --s0: #2f6db3; --s1: #c4570a; --s2: #17805a; --s3: #a3408f; --s4: #76690a; --s5: #0b7f93; --s6: #b3261e; --s7: #5d4db3;`
const DARK = `--ink: #e7eaee; --soft: #a3acb7; --paper: #14171b; --panel: #1d2227; --edge: #363d46; --main: #79b0ea;
  --pass: #5fc987; --warn: #e0ab4a; --fail: #ff8a80; --s0: #79b0ea; --s1: #f2995c; --s2: #5cc9a0; --s3: #dd8fce; --s4: #cfc05f; --s5: #5fcfe0; --s6: #ff8a80; --s7: #a99cf0;`

const PAGE = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 70rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; } h2 { font-size: 1.3rem; margin: 0 0 .5rem; } h3 { font-size: 1rem; margin: 0 0 .5rem; }
section { margin-top: 3.25rem; } p { margin: 0 0 .75rem; } a { color: var(--main); } a:focus-visible, summary:focus-visible { outline: 2px solid var(--main); outline-offset: 2px; }
.tool { color: var(--soft); margin: 0 0 .25rem; font-size: .875rem; } .lead { font-size: 1.05rem; margin-bottom: 1.25rem; }
.about { color: var(--soft); font-size: .9rem; max-width: 54rem; } .about strong { color: var(--ink); } table + .about { margin-top: .6rem; }
small { display: block; color: var(--soft); font-size: .8rem; font-weight: 400; } small.beside { display: inline; } .none { color: var(--soft); }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .85rem; }
pre { background: var(--panel); border: 1px solid var(--edge); border-radius: .5rem; padding: .75rem 1rem; white-space: pre-wrap; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; margin: 1.5rem 0 0; padding: .6rem 0; border-block: 1px solid var(--edge); font-size: .875rem; }
nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }
`
const CARDS = `
.cards { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 1rem; }
.card { background: var(--panel); border: 1px solid var(--edge); border-radius: .75rem; padding: 1rem 1.25rem; }
.card h2 { font-size: .95rem; font-weight: 600; margin: 0; } .card p { margin: .5rem 0 0; font-size: .9rem; } .card .whole { white-space: normal; }
.card .figure { font-size: 2.5rem; line-height: 1.2; font-weight: 650; margin: .25rem 0; font-variant-numeric: tabular-nums; }
.gate.pass .figure { color: var(--pass); } .gate.warn .figure { color: var(--warn); } .gate.fail .figure { color: var(--fail); }
.alarm { margin: 1rem 0 0; padding: .75rem 1rem; border: 1px solid var(--fail); border-left-width: .4rem; border-radius: .5rem; color: var(--fail); }
.bar { display: block; width: 100%; height: .5rem; margin: .2rem 0; border-radius: .25rem; }
.bar .track { fill: var(--edge); } .bar .value { fill: var(--main); } .bar .interval { fill: var(--ink); }
`
const TABLES = `
table { width: 100%; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--edge); overflow-wrap: normal; }
td bdi { overflow-wrap: anywhere; } td:first-child { min-width: 5.5rem; }
th { color: var(--soft); font-weight: 600; font-size: .8rem; vertical-align: bottom; } th.number, td.number { text-align: right; padding-right: 1.25rem; } .whole { white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0 !important; } td .bar { width: 8.5rem; max-width: 100%; } .figures { display: grid; grid-template-columns: 4.6rem 6rem 1fr; gap: .6rem; align-items: center; } .figures .bar { width: 100%; } .narrow { max-width: 44rem; }
.status { white-space: nowrap; font-weight: 600; } .status.pass { color: var(--pass); } .status.warn { color: var(--warn); } .status.fail { color: var(--fail); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.5rem; font-size: .9rem; margin: 1rem 0; }
dt { color: var(--soft); max-width: 14rem; } dd { margin: 0; min-width: 0; }
details { margin-top: 1rem; } summary { cursor: pointer; color: var(--main); font-size: .9rem; padding: .25rem 0; }
`
const CHARTS = `
figure { margin: 0; min-width: 0; } svg text { fill: var(--soft); font-size: 13px; } svg .title { fill: var(--ink); font-weight: 600; } .grid { stroke: var(--edge); stroke-width: 1; }
${Array.from({ length: 8 }, (_, i) => `.s${i} { --c: var(--s${i}); }`).join(' ')} .all { --c: var(--ink); }
.curve { display: grid; grid-template-columns: minmax(0, 31rem) minmax(11rem, 1fr); gap: .5rem 2rem; align-items: center; margin-top: 1rem; }
.curve figure svg, .panel svg { width: 100%; max-width: 31rem; height: auto; display: block; } .panel svg { max-width: 27rem; } figcaption { font-size: .9rem; } .curve figcaption, .panel figcaption { font-weight: 600; }
.band { fill: var(--c); fill-opacity: .16; } .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; } .all .line { stroke-width: 2.5; stroke-dasharray: 7 4; }
.mark { fill: var(--c); } .start { fill: var(--paper); stroke: var(--soft); stroke-width: 2; }
.legend { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; font-size: .9rem; } .legend li { display: flex; gap: .6rem; align-items: flex-start; } .legend li > svg { width: 28px; height: 14px; flex: none; margin-top: .3rem; }
.panels { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.75rem 2.5rem; margin: 1rem 0 1.75rem; }
.bin { fill: var(--c); } .median { stroke: var(--ink); stroke-width: 2; }
.confusion { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 1.5rem 2.5rem; align-items: start; }
.matrix svg { height: auto; max-width: 100%; display: block; } .matrix figcaption { color: var(--soft); font-size: .8rem; } .matrix .cell { stroke: var(--edge); }
.matrix .right { fill: var(--s2); } .matrix .wrong { fill: var(--s1); } .matrix .count { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-opacity: .7; }
`
const GALLERY = `
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: 1.5rem 1.25rem; } .kept { grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); }
.strip { position: relative; background: var(--panel); } .strip img { display: block; width: 100%; height: auto; } .small img { image-rendering: pixelated; }
.three::before, .three::after { content: ""; position: absolute; top: 0; bottom: 0; width: 4px; margin-left: -2px; background: var(--paper); left: 33.333%; } .three::after { left: 66.667%; }
.strip.none { padding: 2rem 1rem; text-align: center; font-size: .8rem; } .gallery figcaption { font-size: .85rem; line-height: 1.35; margin-top: .4rem; }
.says, .file { display: block; } .after { font-weight: 600; } .file { color: var(--soft); font-size: .78rem; margin-top: .1rem; } .file a { color: inherit; }
footer { margin-top: 3rem; color: var(--soft); font-size: .8rem; }
`
/** From a desk to a phone. Lettering of charts is in their own pixels, which shrink with them. */
const NARROW = `
@media screen and (max-width: 60rem) {
  svg text { font-size: 14.5px; } .cards:has(> :nth-child(4)) { grid-auto-flow: row; grid-template-columns: 1fr 1fr; }
  .card { padding: .8rem .9rem; } th, td { padding-right: .5rem; } th.number, td.number { padding-right: .6rem; } td .bar { width: 5.5rem; } .figures { grid-template-columns: 4.3rem 4rem 1fr; gap: .3rem; }
}
`
const PHONE = `
@media screen and (max-width: 44rem) {
  .cards, .cards:has(> :nth-child(4)) { grid-auto-flow: row; grid-template-columns: minmax(0, 1fr); } .panels { grid-template-columns: minmax(0, 1fr); }
  body { padding: 1.25rem 1rem 3rem; } h1 { font-size: 1.5rem; } section { margin-top: 2.25rem; } .curve { grid-template-columns: minmax(0, 1fr); }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } table, tbody { display: block; }
  tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--edge); }
  td, td.number { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: .75rem; padding: .15rem 0; border: 0; text-align: left; }
  td.number { padding-right: 0; } td::before { content: attr(data-title); color: var(--soft); font-size: .8rem; padding-top: .1rem; } td > div { min-width: 0; overflow-wrap: anywhere; } .figures { grid-template-columns: 4rem minmax(2rem, 8.5rem); gap: 0 .4rem; } .figures small { grid-column: 2; }
  td:first-child > div { font-weight: 600; } td:has(> div:empty) { display: none; }
  td small.whole, td small.parts { display: inline; margin-right: .6rem; } td .bar { width: 8.5rem; } dl { display: block; } dd { margin-bottom: .6rem; }
}
@media screen and (max-width: 26rem) { svg text { font-size: 16px; } td, td.number { grid-template-columns: 7rem minmax(0, 1fr); } }
`
const PAPER = `
@media print {
  :root { color-scheme: light; ${LIGHT} }
  @page { size: A4; margin: 14mm; }
  body { padding: 0; max-width: none; font-size: 10pt; } section { margin-top: 1.4rem; } a { color: inherit; text-decoration: none; } nav, summary { display: none; }
  svg text { font-size: 14px; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  tr, figure, .card, pre, .curve, li, p, dd { break-inside: avoid; } h2, h3, .about { break-after: avoid; } .panels:not(:has(g:nth-of-type(4))), table:not(:has(tr:nth-child(6))) { break-inside: avoid; } footer { break-before: avoid; margin-top: 1rem; } td .bar { width: 4.5rem; } .figures { grid-template-columns: 4.3rem 4rem 1fr; gap: .3rem; } td, th { padding: .3rem .5rem .3rem 0; }
  th.number, td.number { padding-right: .6rem; } .card { padding: .6rem .8rem; } .card .figure { font-size: 1.8rem; }
  .curve { grid-template-columns: 2fr 1fr; } .panels, .confusion { grid-template-columns: 1fr 1fr; gap: 1rem 1.5rem; } .confusion.alone { grid-template-columns: 1fr; } .gallery { grid-template-columns: repeat(3, 1fr); gap: .8rem; } .kept { grid-template-columns: repeat(7, 1fr); }
}
`

export const STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
${PAGE}${CARDS}${TABLES}${CHARTS}${GALLERY}${NARROW}${PHONE}${PAPER}`
