import type { AttackSummary, Report, Share } from '../engine/options.ts'
import { bar } from './bar.ts'
import { count, counted, interval, percent, plain, threat } from './figures.ts'
import { type Column, type Content, type Html, html, linked, name, type Section, shorten, table } from './markup.ts'

/** A column of the table of attacks: what it says of each attack at each budget. */
interface Figure extends Column {
  readonly of: (a: AttackSummary) => Content
}

/** What each attack achieved at each budget, and what it cost. */
export function results(report: Report): Section {
  const { images, attacks, target } = report
  const usable = images.found - images.failed
  const untargeted = target === null
  const columns: Figure[] = [
    { title: 'Attack', of: a => html`<strong>${name(a.name)}</strong>` },
    { title: 'Budget', of: a => threat(a.norm, a.eps) },
    { title: 'Success', of: a => rate(a.success, a.attacked, 'none was attacked') },
    { title: 'Noise alone', of: a => rate(a.noise, a.attacked, 'no budget') },
    ...(untargeted ? [{ title: 'Robust', of: (a: AttackSummary) => rate(a.robust, usable, 'no budget') }] : []),
    { title: 'Lost by rounding', number: true, of: a => count(a.lostByRounding) },
    { title: 'Gradients', number: true, of: a => cost(a.gradients, a.lattice.gradients) },
    { title: 'Forward passes', number: true, of: a => cost(a.forwards, a.lattice.forwards) },
  ]
  return {
    title: 'Attacks',
    body: html`<p class="about"><strong>Adversarial</strong> is a picture whose written PNG, read again from disk,
${untargeted ? 'the model classifies as another class than its label' : 'the model classifies as the target'}, leading by
at least 0.001 · max(1, largest |logit|) so that another runtime agrees (a tie is robust), and which lies inside the budget where
there is one. <strong>Success</strong>: of the attacked pictures (${count(images.attacked)} of ${count(images.found)}), those that became adversarial.
${untargeted ? html`<strong>Robust</strong>: of all ${count(usable)} usable pictures, those classified rightly and not broken by this attack at this budget.` : null}
<strong>Noise alone</strong>: of the attacked pictures, those that one sample of uniform noise of the same budget made adversarial.
<strong>Lost by rounding</strong>: adversarial as real numbers, but at no 8-bit picture that was tried inside the budget.
${attacks.some(a => a.lattice.forwards > 0) ? html`<strong>On the lattice</strong>: the part of it that looks for the nearest 8-bit picture.` : null}</p>
<p class="about"><strong>Intervals</strong> are 95 %, Wilson, over the pictures counted beside them: how far another sample of such
pictures may differ, not how far a stronger attack may go.</p>
${table(
  columns,
  attacks.map(a => columns.map(column => column.of(a))),
)}
<dl>${attacks.filter((a, i) => attacks.findIndex(b => b.name === a.name) === i).map(describe)}</dl>`,
  }
}

/** What an attack is, and the parameters that it ran with. */
function describe({ name: attack, title, paper, params, stages = [] }: AttackSummary): Content {
  return [
    described(attack, title, paper, params),
    ...stages.map(s => described(`${attack}: ${s.name}`, s.title, s.paper, s.params)),
  ]
}

function described(attack: string, title: string, paper: string, params: AttackSummary['params']): Html {
  const settings = Object.entries(params).map(
    ([key, value]) => `${key} ${typeof value === 'number' ? plain(value) : value}`,
  )
  return html`<dt>${name(attack)}</dt><dd>${name(title, 100)}${settings.length > 0 ? html`: <bdi>${settings.join(', ')}</bdi>` : null}<small><bdi>${linked(shorten(paper, 300))}</bdi></small></dd>
`
}

/** A number, and what of it the search on the lattice took. */
function cost(total: number, onLattice: number): Content {
  return onLattice > 0
    ? html`${count(total)}<small><span class="whole">${count(onLattice)}</span> on the lattice</small>`
    : count(total)
}

function rate(share: Share | null, n: number, absent: string): Content {
  if (!share) return html`<span class="none">– ${absent}</span>`
  return html`<strong>${percent(share.value)}</strong> ${bar(share)}<small class="parts">${parted([interval(share), counted(share, n)].filter(t => t !== null))}</small>`
}

/** Parts that each stand whole on a line, and one below another where there is no room. */
const parted = (parts: readonly string[]): Html =>
  html`${parts.map((part, i) => html`${i > 0 ? ' · ' : null}<span class="whole">${part}</span>`)}`
