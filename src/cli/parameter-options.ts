import { type Command, Option } from 'commander'
import { attackNames, loadAttack, type NamedAttack } from '../engine/registry.ts'
import { describe, isNumber, type Params, type Value } from '../params.ts'
import { valueText } from './figures.ts'
import { parseNumber } from './number.ts'

/** An attack's parameter as an option: `--steps`, or `--pgd.steps` for that attack alone. */
class ParameterOption extends Option {
  /** `steps` or `pgd.steps`. */
  readonly key: string

  constructor(key: string, name: string, own: Value, help: string) {
    const number = isNumber(describe(name, own))
    super(`--${key} <${number ? 'number' : 'word'}>`, help)
    this.key = key
    if (number) this.argParser(text => parseNumber(text, `--${key}`, { signed: true }))
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
  for (const [name, own] of parametersOf(attacks)) add(command, name, name, own, help(name, attacks), group)
  for (const a of attacks)
    for (const [name, own] of parametersOf([a]))
      add(command, `${a.name}.${name}`, name, own, help(name, [a]), group, chosen.length < 2)
  for (const [name, own] of parametersOf(others)) add(command, name, name, own, '', group, true)
  for (const a of others)
    for (const [name, own] of parametersOf([a])) add(command, `${a.name}.${name}`, name, own, '', group, true)
}

/** Each with the default of the first that has it. */
const parametersOf = (attacks: readonly NamedAttack[]): [string, Value][] =>
  Object.entries(Object.assign({}, ...attacks.map(a => a.attack.params).reverse()))

function add(
  command: Command,
  key: string,
  name: string,
  own: Value,
  help: string,
  group: string,
  hidden = false,
): void {
  const option = new ParameterOption(key, name, own, help)
  if (command.options.some(o => o.long === option.long)) return
  command.addOption(option.hideHelp(hidden).helpGroup(group))
}

function help(name: string, attacks: readonly NamedAttack[]): string {
  const defaults = attacks.flatMap(a =>
    name in a.attack.params ? [[a.name, valueText(a.attack.params[name])] as const] : [],
  )
  const same = defaults.every(([, value]) => value === defaults[0][1])
  const shown = same ? defaults[0][1] : defaults.map(([owner, value]) => `${owner} ${value}`).join(', ')
  const term = describe(name, attacks[0].attack.params[name])
  const choices = !isNumber(term) && term.choices ? `: ${term.choices.join(', ')}` : ''
  return `${term.help}${choices} (default: ${shown})`
}

/** The parameters that a parsed command was given. */
export const givenParameters = (command: Command): Params =>
  Object.fromEntries(
    command.options
      .filter(option => option instanceof ParameterOption)
      .map(option => [option.key, command.getOptionValue(option.attributeName())])
      .filter(([, value]) => value !== undefined),
  )
