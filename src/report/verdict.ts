import type { Seen, Standing, Verdict } from '../engine/verdict.ts'
import { bar } from './bar.ts'
import { duration, interval, length, percent, threat } from './figures.ts'
import { address, type Content, type Html, html, name, section, table } from './markup.ts'
import { footer, page } from './page.ts'

/** verdict.html: a model before and after its defense, and the signs of masked gradients. No script, nothing from elsewhere. */
export function verdictHtml(verdict: Verdict): string {
  const { before, after, signs, masking, robustness } = verdict
  const sides = [...(before ? [['Before', before] as const] : []), ['After', after] as const]
  const status = masking ? 'fail' : robustness === 'more' ? 'pass' : 'warn'
  return page(
    `verdict on ${after.file}`,
    html`<header>
<p class="tool">advx · verdict on a defense</p>
<h1>${name(after.file)}</h1>
<div class="cards">
<div class="card gate ${status}"><h2>Gradients</h2><p class="figure">${masking ? '✗ masked' : '✓ no sign'}</p><p>${verdict.conclusion}</p></div>
${sides.map(([when, side]) => card(when, side))}
</div>
</header>
<main>
${section({ title: 'Accuracy', body: figures(sides) })}
${section({
  title: 'Signs of masked gradients',
  body: html`<p class="about">Athalye et al. 2018, https://arxiv.org/abs/1802.00420, §3.1. Each is a validity check of the runs; docs/checks.md says what they mean.</p>
${table(
  [{ title: 'Sign' }, ...(before ? [{ title: 'Before' }] : []), { title: 'After' }],
  signs.map(sign => [
    html`<strong>${sign.id}</strong> ${name(sign.title)}`,
    ...(before ? [sign.before ? seen(sign.before) : 'not looked for'] : []),
    seen(sign.after),
  ]),
)}`,
})}
${section({
  title: 'How to reproduce it',
  body: html`<pre><code>${verdict.command}</code></pre>
<dl>${sides.map(([when, side]) => html`<dt>${when}</dt><dd>${name(side.file)}<br><code>sha256 ${side.sha256}</code><br>${runs(when).map(at => html`<a href="${address(at)}">${at}</a> `)}</dd>\n`)}</dl>`,
})}
</main>
${footer(`Made by ${verdict.tool} ${verdict.version} on ${verdict.date}, in ${duration(verdict.seconds)}. The same figures for programs are in verdict.json.`)}`,
  )
}

const runs = (when: string): string[] => ['within', 'nearest'].map(run => `${when.toLowerCase()}/${run}/report.html`)

function card(when: string, { robust, clean }: Standing): Html {
  const title = robust ? `${when}: robust accuracy at ${threat(robust.norm, robust.eps)}` : `${when}: robust accuracy`
  return html`<div class="card"><h2>${title}</h2><p class="figure">${robust ? percent(robust.value) : '–'}</p>
${robust ? html`${bar(robust)}<p><strong class="whole">95 % interval ${interval(robust)}</strong></p>` : null}<p>Clean accuracy ${clean ? `${percent(clean.value)} (${interval(clean)})` : 'unknown: no label'}.</p></div>`
}

/** A row a figure, a column a model. */
function figures(sides: readonly (readonly [string, Standing])[]): Html {
  const [, last] = sides[sides.length - 1]
  const row = (title: string, of: (side: Standing) => Content): Content[] => [
    title,
    ...sides.map(([, side]) => of(side)),
  ]
  const share = (value: { value: number; low: number; high: number } | null | undefined): Content =>
    value ? html`${percent(value.value)} <small class="beside">${interval(value)}</small>` : '–'
  return table(
    [{ title: 'Figure' }, ...sides.map(([when]) => ({ title: when }))],
    [
      row('Clean accuracy', side => share(side.clean)),
      row('Robust accuracy against all of them', side => share(side.robust)),
      ...Object.keys(last.success).map(attack => row(`Broken by ${attack}`, side => share(side.success[attack]))),
      ...Object.keys(last.nearest).map(attack =>
        row(`Median L2 of ${attack}`, side => {
          const { l2, found, of } = side.nearest[attack] ?? { l2: null, found: 0, of: 0 }
          return html`${l2 ? length(l2.median) : '–'} <small class="beside">${found} of ${of} found</small>`
        }),
      ),
    ],
  )
}

const MARKS = { pass: '✓', warn: '!', fail: '✗' } as const

const seen = ({ status, detail, masks }: Seen): Html =>
  html`<span class="status ${masks ? 'fail' : status}">${masks ? '✗ shows' : `${MARKS[status]} ${status}`}</span> <bdi>${detail}</bdi>`
