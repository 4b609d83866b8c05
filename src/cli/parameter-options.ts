import { type Command, Option } from 'commander'
import { attackNames, loadAttack, type NamedAttack } from '../engine/registry.ts'
import { describe } from '../params.ts'
import { numberText } from './figures.ts'
import { parseNumber } from './number.ts'

/** An attack's parameter as an option: `--steps`, or `--pgd.steps` for that attack alone. */
class ParameterOption extends Option {
  /** `steps` or `pgd.steps`. */
  readonly key: string

  constructor(key: string, help: string) {
    super(`--${key} <number>`, help)
    this.key = key
    this.argParser(text => parseNumber(text, `--${key}`, { signed: true }))
  }

  /** Apart from the names of other options: a parameter may be called `json`. */
  override attributeName(): string {
    return `parameter ${this.key}`
  }
}

/**
 * Adds the parameters of the chosen attacks, and hidden those of all others: the plan then says which attack would take
 * them, where commander would only say that they are unknown. A name that is an option already is left to `--pgd.name`.
 */
export async function addParameters(command: Command, chosen: readonly string[]): Promise<void> {
  const attacks = await Promise.all(chosen.map(loadAttack))
  const others = await Promise.all((await attackNames()).map(loadAttack))
  const group = `Parameters of ${attacks.map(a => a.name).join(', ')}:`
  for (const name of parametersOf(attacks)) add(command, name, help(name, attacks), group)
  for (const a of attacks)
    for (const name of Object.keys(a.attack.params))
      add(command, `${a.name}.${name}`, help(name, [a]), group, chosen.length < 2)
  for (const name of parametersOf(others)) add(command, name, '', group, true)
  for (const a of others)
    for (const name of Object.keys(a.attack.params)) add(command, `${a.name}.${name}`, '', group, true)
}

const parametersOf = (attacks: readonly NamedAttack[]): string[] => [
  ...new Set(attacks.flatMap(a => Object.keys(a.attack.params))),
]

function add(command: Command, key: string, help: string, group: string, hidden = false): void {
  const option = new ParameterOption(key, help)
  if (command.options.some(o => o.long === option.long)) return
  command.addOption(option.hideHelp(hidden).helpGroup(group))
}

function help(name: string, attacks: readonly NamedAttack[]): string {
  const defaults = attacks.flatMap(a =>
    name in a.attack.params ? [[a.name, numberText(a.attack.params[name])] as const] : [],
  )
  const same = defaults.every(([, value]) => value === defaults[0][1])
  const shown = same ? defaults[0][1] : defaults.map(([owner, value]) => `${owner} ${value}`).join(', ')
  return `${describe(name).help} (default: ${shown})`
}

/** The parameters that a parsed command was given. */
export const givenParameters = (command: Command): Record<string, number> =>
  Object.fromEntries(
    command.options
      .filter(option => option instanceof ParameterOption)
      .map(option => [option.key, command.getOptionValue(option.attributeName())])
      .filter(([, value]) => value !== undefined),
  )
