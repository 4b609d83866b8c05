import type { Report, Share } from '../engine/options.ts'
import { bar } from './bar.ts'
import { count, counted, interval, percent, plural, threat } from './figures.ts'
import { type Content, type Html, html, name } from './markup.ts'
import { modelTitle } from './model-title.ts'

/** What a reader came for: the two accuracies with their intervals, in a sentence and large. */
export function headline(report: Report): Html {
  const { accuracy, images, model, gate } = report
  const usable = images.found - images.failed
  const labelled = usable - (images.labelFrom.prediction ?? 0)
  const names = [...new Set(report.attacks.map(a => a.name))].join(', ')
  return html`<header>
<p class="tool">advx · adversarial robustness</p>
<h1>${name(modelTitle(model))}</h1>
<p class="lead">${plural(usable, 'usable picture')} of ${count(images.found)}; attacked by ${names || 'nothing'}${report.target === null ? ', untargeted' : html`, towards ${name(report.target)}`}.</p>
<div class="cards">
${card('Clean accuracy', accuracy.clean, labelled, 'pictures with a label of their own are classified rightly', 'No picture has a label of its own.')}
${robustCard(report, usable)}
${checked(report)}
${gate ? html`<div class="card gate ${gate.passed ? 'pass' : 'fail'}"><h2>Gate</h2><p class="figure">${gate.passed ? '✓ passed' : '✗ failed'}</p><p>Asked for: robust accuracy of at least ${percent(gate.failUnder)}.</p></div>` : null}
</div>
${worst(report)}</header>
`
}

function robustCard({ accuracy: { robust }, attacks, target }: Report, usable: number): Html {
  if (target === null) {
    const title = robust ? `Robust accuracy at ${threat(robust.norm, robust.eps)}` : 'Robust accuracy'
    const of = 'usable pictures are classified rightly, and no attack of this run broke them within this budget'
    return card(title, robust, usable, of, 'No attack of this run has a budget, or no picture was usable.')
  }
  const [best] = attacks.filter(a => a.success !== null).sort((a, b) => b.success!.value - a.success!.value)
  const title = best ? `Success of ${best.name} at ${threat(best.norm, best.eps)}` : 'Success'
  const of = 'attacked pictures became the target; robust accuracy is not defined for a targeted run'
  return card(title, best?.success ?? null, best?.attacked ?? 0, of, 'No picture was attacked.')
}

function card(title: string, share: Share | null, n: number, of: string, absent: string): Html {
  if (!share) return html`<div class="card"><h2>${title}</h2><p class="figure">–</p><p>${absent}</p></div>`
  const counts = counted(share, n)
  return html`<div class="card"><h2>${title}</h2>
<p class="figure">${percent(share.value)}</p>
${bar(share)}<p><strong class="whole">95 % interval ${interval(share)}</strong><br>${counts ?? `${percent(share.value)} of`} ${of}.</p></div>`
}

/** Whether the figures beside it can be relied on. */
function checked({ checks }: Report): Html {
  const count = (status: string): number => checks.filter(c => c.status === status).length
  const [failed, warned] = [count('fail'), count('warn')]
  const rest = [failed > 0 ? `${failed} failed` : null, warned > 0 ? plural(warned, 'warning') : null].filter(
    s => s !== null,
  )
  const status = failed > 0 ? 'fail' : warned > 0 ? 'warn' : 'pass'
  return html`<div class="card gate ${status}"><h2>Validity checks</h2><p class="figure">${count('pass')} of ${checks.length}</p><p>passed${rest.length > 0 ? `; ${rest.join(', ')}` : null}. <a href="#validity-checks">What was checked</a> of the evaluation itself.</p></div>`
}

/** The checks that did not pass come first: a number that cannot be relied on must not stand alone. */
function worst({ checks }: Report): Content {
  const failed = checks.filter(c => c.status === 'fail')
  if (failed.length === 0) return null
  return html`<p class="alarm">✗ ${plural(failed.length, 'validity check')} failed (${failed.map(c => c.id).join(', ')}): read
<a href="#validity-checks">what was seen</a> before you rely on these figures.</p>
`
}
