import type { Report } from '../engine/options.ts'
import { count, threat } from './figures.ts'
import { html, name, type Section, table } from './markup.ts'

/** Which attack of the run, or stage of a sequence, was the first to break how many pictures; null for a single attack. */
export function takers({ broken, accuracy: { robust }, target }: Report): Section | null {
  if (broken.length < 2) return null
  const within = robust ? ` within ${threat(robust.norm, robust.eps)}` : ''
  return {
    title: 'Which attack broke which pictures',
    body: html`<p class="about">Each picture that was ${target === null ? 'broken' : 'brought to the target'}${within}, at the first attack of the run that did it, in
the order of the list; <strong>alone</strong>: no other attack of the list did. Of a sequence each stage stands for itself, and
tries only what the stages before it left. What none of them broke is the worst case of each picture over all attacks.</p>
${table(
  [{ title: 'Attack' }, { title: 'Pictures', number: true }, { title: 'Alone', number: true }],
  broken.map(({ attack, stage, pictures, alone }) => [
    html`<strong>${name(attack)}</strong>${stage === null ? null : html`, ${name(stage)}`}`,
    count(pictures),
    count(alone),
  ]),
  'narrow',
)}`,
  }
}
