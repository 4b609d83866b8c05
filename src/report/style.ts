/** The style sheet of report.html: no font, colour or picture from elsewhere; light, dark, paper and phone. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #5b6470; --paper: #ffffff; --panel: #f4f6f8; --edge: #d9dee4;
  --main: #2f6db3; --band: #2f6db33a; --pass: #1d7a3e; --warn: #8a5a00; --fail: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eaee; --soft: #a0a9b4; --paper: #14171b; --panel: #1d2227; --edge: #333a42;
  --main: #6ea8e6; --band: #6ea8e640; --pass: #5fc987; --warn: #e0ab4a; --fail: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 68rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .25rem; } h2 { font-size: 1.25rem; margin: 0 0 .5rem; } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
section { margin-top: 3rem; } p { margin: 0 0 .75rem; } a { color: var(--main); }
.tool { color: var(--soft); margin: 0 0 .25rem; font-size: .875rem; } .lead { font-size: 1.05rem; margin-bottom: 1.25rem; }
.about { color: var(--soft); font-size: .9rem; max-width: 52rem; } .about strong { color: var(--ink); }
small { display: block; color: var(--soft); font-size: .8rem; } .none { color: var(--soft); }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .85rem; }
pre { background: var(--panel); border: 1px solid var(--edge); border-radius: .5rem; padding: .75rem 1rem; white-space: pre-wrap; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: 1rem; }
.card { background: var(--panel); border: 1px solid var(--edge); border-radius: .75rem; padding: 1rem 1.25rem; }
.card h2 { font-size: .95rem; font-weight: 600; margin: 0; } .card p { margin: .5rem 0 0; font-size: .9rem; }
.card .figure { font-size: 2.4rem; line-height: 1.2; font-weight: 650; margin: .25rem 0; font-variant-numeric: tabular-nums; }
.gate.pass .figure { color: var(--pass); } .gate.fail .figure { color: var(--fail); }
.alarm { margin-top: 1rem; padding: .75rem 1rem; border: 1px solid var(--fail); border-left-width: .4rem; border-radius: .5rem; color: var(--fail); }
.bar { display: block; width: 100%; height: .5rem; margin: .2rem 0; border-radius: .25rem; }
.bar .track { fill: var(--edge); } .bar .value { fill: var(--main); } .bar .interval { fill: var(--ink); }
table { width: 100%; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--edge); overflow-wrap: normal; }
td bdi { overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; font-size: .8rem; vertical-align: bottom; } th.number, td.number { text-align: right; padding-right: 1.25rem; } .whole { white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0 !important; } td .bar { width: 7rem; } .narrow { max-width: 40rem; }
.status { white-space: nowrap; font-weight: 600; } .status.pass { color: var(--pass); } .status.warn { color: var(--warn); } .status.fail { color: var(--fail); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.5rem; font-size: .9rem; margin: 1rem 0; }
dt { color: var(--soft); max-width: 14rem; } dd { margin: 0; min-width: 0; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(21rem, 100%), 1fr)); gap: 1.5rem; }
.curve { margin: 0; max-width: 30rem; } .curve figcaption { font-weight: 600; font-size: .9rem; } .curve svg { width: 100%; height: auto; display: block; }
.curve text { fill: var(--soft); font-size: 12px; } .curve .grid { stroke: var(--edge); stroke-width: 1; }
.curve .band { fill: var(--band); } .curve .line { fill: none; stroke: var(--main); stroke-width: 2; }
.curve .point { fill: var(--main); } .curve .start { fill: var(--paper); stroke: var(--main); stroke-width: 2; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1.25rem 1rem; }
.gallery figure { margin: 0; min-width: 0; } .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 2px; align-items: center; }
.pair img { display: block; width: 100%; height: auto; background: var(--panel); } .small img { image-rendering: pixelated; }
.pair .none { text-align: center; font-size: .8rem; } .gallery figcaption { font-size: .8rem; line-height: 1.35; margin-top: .35rem; }
.says, .file { display: block; } .after { font-weight: 600; } .file { color: var(--soft); font-size: .75rem; }
footer { margin-top: 3rem; color: var(--soft); font-size: .8rem; }
@media (max-width: 44rem) {
  body { padding: 1.25rem 1rem 3rem; } h1 { font-size: 1.5rem; } section { margin-top: 2.25rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } table, tbody { display: block; }
  tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--edge); }
  td, td.number { display: grid; grid-template-columns: 7.5rem 1fr; gap: .75rem; padding: .15rem 0; border: 0; text-align: left; }
  td.number { padding-right: 0; } td::before { content: attr(data-title); color: var(--soft); font-size: .8rem; padding-top: .1rem; } td > div { min-width: 0; overflow-wrap: anywhere; }
  dl { display: block; } dd { margin-bottom: .6rem; } .gallery { grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
}
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --panel: #f4f6f8; --edge: #ccc; --main: #2f6db3; --band: #2f6db33a;
    --pass: #1d7a3e; --warn: #8a5a00; --fail: #b3261e; }
  @page { margin: 14mm; }
  body { padding: 0; max-width: none; font-size: 10.5pt; } section { margin-top: 1.5rem; } a { color: inherit; text-decoration: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  tr, figure, .card, pre { break-inside: avoid; } h2, h3 { break-after: avoid; } td .bar { width: 4.5rem; } td, th { padding: .3rem .5rem .3rem 0; }
  th.number, td.number { padding-right: .6rem; } .gallery { grid-template-columns: repeat(5, 1fr); }
}
`
