import type { AttackSummary, Line, Report, Share, Spread } from '../engine/options.ts'
import { bar } from './bar.ts'
import { count, counted, interval, length, levels, percent, plain, threat } from './figures.ts'
import { type Content, type Html, html, linked, name, type Section, shorten, table } from './markup.ts'
import { attackedBy } from './tally.ts'

/** What each attack achieved at each budget, and what it cost. */
export function results(report: Report, lines: readonly Line[]): Section {
  const { images, attacks, target } = report
  const usable = images.found - images.failed
  return {
    title: 'Attacks',
    body: html`<p class="about"><strong>Adversarial</strong> is a picture whose written PNG, read again from disk,
${target === null ? 'the model classifies as another class than its label' : 'the model classifies as the target'}, leading by
at least 0.001 · max(1, largest |logit|) so that another runtime agrees (a tie is robust), and which lies inside the budget where
there is one. <strong>Success</strong>: of the attacked pictures (${count(images.attacked)} of ${count(images.found)}), those that became adversarial.
${target === null ? html`<strong>Robust</strong>: of all ${count(usable)} usable pictures, those classified rightly and not broken by this attack at this budget.` : null}
<strong>Noise alone</strong>: of the attacked pictures, those that one sample of uniform noise of the same budget made adversarial.
<strong>Lost by rounding</strong>: adversarial as real numbers, but at no 8-bit picture that was tried inside the budget.</p>
<p class="about"><strong>Intervals</strong> are 95 %, Wilson, over the pictures counted beside them: how far another sample of such
pictures may differ, not how far a stronger attack may go.</p>
${table(
  [
    { title: 'Attack' },
    { title: 'Budget' },
    { title: 'Success' },
    { title: 'Noise alone' },
    ...(target === null ? [{ title: 'Robust' }] : []),
    { title: 'Lost by rounding', number: true },
    { title: 'Gradients', number: true },
    { title: 'Forward passes', number: true },
  ],
  attacks.map((a, i) => [
    attacks.findIndex(b => b.name === a.name) === i ? describe(a) : html`<strong>${name(a.name)}</strong>`,
    threat(a.norm, a.eps),
    rate(a.success, attackedBy(a, lines), 'none was attacked'),
    rate(a.noise, attackedBy(a, lines), 'none was attacked'),
    ...(target === null ? [rate(a.robust, usable, 'no budget')] : []),
    count(a.lostByRounding),
    count(a.gradients),
    count(a.forwards),
  ]),
)}`,
  }
}

/** How far the adversarial pictures are from the clean ones. */
export function distances({ attacks }: Report): Section {
  return {
    title: 'Distances',
    body: html`<p class="about">Between the written PNG and the clean one in <code>clean/</code>, exact: median, and below it lower and
upper quartile, over the adversarial pictures of each attack. A pixel value is 0..1; a level is 1/255; L0 counts pixels, not channels. An
attack inside a budget has no reason to stay near: its distances say how much of the budget it used, not how robust the model is.</p>
${table(
  [
    { title: 'Attack' },
    { title: 'Budget' },
    { title: 'L∞', number: true },
    { title: 'L∞ in levels', number: true },
    { title: 'L2', number: true },
    { title: 'L1', number: true },
    { title: 'L0, pixels', number: true },
  ],
  attacks.map(a => [
    name(a.name),
    threat(a.norm, a.eps),
    quartiles(a.distance.linf),
    quartiles(a.distance.linf, levels),
    quartiles(a.distance.l2),
    quartiles(a.distance.l1),
    quartiles(a.distance.l0),
  ]),
)}`,
  }
}

function describe({ name: attack, title, paper, params }: AttackSummary): Html {
  const settings = Object.entries(params).map(([key, value]) => `${key} ${plain(value)}`)
  return html`<strong>${name(attack)}</strong> ${name(title, 100)}<small>${settings.length > 0 ? html`<bdi>${settings.join(', ')}</bdi><br>` : null}<bdi>${linked(shorten(paper, 300))}</bdi></small>`
}

function rate(share: Share | null, n: number, absent: string): Content {
  if (!share) return html`<span class="none">– ${absent}</span>`
  const counts = counted(share, n)
  return html`<strong>${percent(share.value)}</strong> ${bar(share)}<small class="whole">${interval(share)}</small><small class="whole">${counts}</small>`
}

const quartiles = (s: Spread | null, of = length): Content =>
  s === null
    ? html`<span class="none">–</span>`
    : html`<strong>${of(s.median)}</strong><small class="whole">${of(s.q1)}–${of(s.q3)}</small>`
