import { Command } from 'commander'
import { lengthText, NORM_TITLES } from '../figures.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'
import { paint, say, sayJson } from '../terminal.ts'

/** `advx list` */
export function list(): Command {
  return new Command('list')
    .description('the attacks with their norms, the defenses, and their papers')
    .option('--json', 'print them as JSON')
    .option('--architectures', 'the networks that advx train makes, instead')
    .action(async ({ json, architectures }: { json?: true; architectures?: true }) => {
      if (architectures) return listArchitectures(json === true)
      const { attackNames, defenseNames, loadAttack, loadDefense } = await import('../../engine/registry.ts')
      const attacks = await Promise.all((await attackNames()).map(loadAttack))
      const defenses = await Promise.all((await defenseNames()).map(loadDefense))
      if (json) {
        const shields = defenses.map(({ name, defense: { title, paper, params } }) => ({
          kind: 'defense',
          name,
          title,
          paper,
          params,
        }))
        const rows = attacks.map(({ name, attack: { title, paper, norms, params } }) => ({
          kind: 'attack',
          name,
          title,
          paper,
          norms,
          params,
        }))
        return sayJson(`${JSON.stringify([...rows, ...shields], null, 2)}\n`)
      }
      const rows = attacks.map(({ name, attack }) => [
        paint.bold(name),
        printable(attack.title),
        normsText(attack.norms),
        printable(attack.paper),
      ])
      say(
        table([
          ['Attack', 'Title', 'Norms and default budgets', 'Paper'].map(title => paint.underline(title)),
          ...rows,
        ]),
      )
      const shields = defenses.map(({ name, defense }) => [
        paint.bold(name),
        printable(defense.title),
        printable(defense.paper),
      ])
      say(`\n${table([['Defense', 'Title', 'Paper'].map(title => paint.underline(title)), ...shields])}`)
      say('\nadvx help <name> says more. Your own: advx attack -a ./mine.js …, advx defend ./mine.js …')
    })
}

async function listArchitectures(json: boolean): Promise<void> {
  const { ARCHITECTURES } = await import('../../models/architectures/registry.ts')
  const all = Object.entries(ARCHITECTURES).map(([name, { title, paper }]) => ({ name, title, paper }))
  if (json) return sayJson(`${JSON.stringify(all, null, 2)}\n`)
  const rows = all.map(({ name, title, paper }) => [paint.bold(name), title, paper])
  say(table([['Architecture', 'Title', 'Paper'].map(title => paint.underline(title)), ...rows]))
  say('\nadvx train --arch <name> makes one; advx train --help says how.')
}

type Norms = Readonly<Partial<Record<keyof typeof NORM_TITLES, { readonly eps?: number }>>>
const normsText = (norms: Norms): string =>
  Object.entries(norms)
    .map(([norm, { eps }]) => {
      const title = NORM_TITLES[norm as keyof Norms]
      return eps === undefined ? `nearest ${title}` : `${title} ${lengthText(norm as keyof Norms, eps)}`
    })
    .join(', ')
