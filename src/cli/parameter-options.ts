import { type Command, Option } from 'commander'
import type { Parametrised } from '../engine/check-params.ts'
import { describe, isNumber, type Params, type Value } from '../params.ts'
import { valueText } from './figures.ts'
import { parseNumber } from './number.ts'

/** A parameter of an attack or a defense as an option: `--steps`, or `--pgd.steps` for that attack alone. */
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
 * Adds the parameters of the chosen attacks or defenses, and hidden those of all others: the plan then says which would take
 * them, where commander would only say that they are unknown. A name that is an option already is left to `--pgd.name`.
 */
export function addParameters(
  command: Command,
  chosen: readonly Parametrised[],
  others: readonly Parametrised[],
): void {
  const group = `Parameters of ${chosen.map(a => a.name).join(', ')}:`
  for (const [name, own] of parametersOf(chosen)) add(command, name, name, own, help(name, chosen), group)
  for (const a of chosen)
    for (const [name, own] of parametersOf([a]))
      add(command, `${a.name}.${name}`, name, own, help(name, [a]), group, chosen.length < 2)
  for (const [name, own] of parametersOf(others)) add(command, name, name, own, '', group, true)
  for (const a of others)
    for (const [name, own] of parametersOf([a])) add(command, `${a.name}.${name}`, name, own, '', group, true)
}

/** Each with the default of the first that has it. */
const parametersOf = (all: readonly Parametrised[]): [string, Value][] =>
  Object.entries(Object.assign({}, ...all.map(a => a.params).reverse()))

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

function help(name: string, all: readonly Parametrised[]): string {
  const defaults = all.flatMap(a => (name in a.params ? [[a.name, valueText(a.params[name])] as const] : []))
  const same = defaults.every(([, value]) => value === defaults[0][1])
  const shown = same ? defaults[0][1] : defaults.map(([owner, value]) => `${owner} ${value}`).join(', ')
  const term = describe(name, all[0].params[name])
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
