import type { Report } from '../engine/options.ts'
import { count } from './figures.ts'
import { html, type Section, table } from './markup.ts'

/** What became of the pictures that were found. */
export function outcomes({ images, target }: Report): Section {
  const counts: readonly (readonly [string, number, string])[] = [
    ['Found', images.found, 'all pictures of this run'],
    ['Failed', images.failed, 'could not be read or attacked; not among the usable'],
    ['Misclassified', images.misclassified, 'not their label before any attack; not attacked, not robust'],
    ...(target === null && images.skipped === 0 ? [] : [['Skipped', images.skipped, 'the target already'] as const]),
    ['Attacked', images.attacked, 'classified rightly; every attack tried to break them'],
  ]
  return {
    title: 'Pictures',
    body: html`${table(
      [{ title: 'Pictures' }, { title: 'Count', number: true }, { title: 'Meaning' }],
      counts.map(([title, n, meaning]) => [title, count(n), meaning]),
      'narrow',
    )}`,
  }
}
