import { Command } from 'commander'
import type { NamedAttack, NamedDefense } from '../../engine/registry.ts'
import { expected, suggest } from '../../errors.ts'
import type { NormName } from '../../norms.ts'
import type { Params } from '../../params.ts'
import { addChosenParameters } from '../attack-options.ts'
import { lengthText, numberText, valueText } from '../figures.ts'
import { formulaLines, symbolsOf } from '../formula.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'
import { type Paint, paint, say } from '../terminal.ts'
import { addVerdictParameters } from './verdict.ts'

/** `advx help [attack or command]` */
export function help(): Command {
  const command = new Command('help')
  return command
    .description('more about a command, an attack or a defense')
    .argument('[name]', 'a command, an attack or defense of `advx list`, or the path of your own attack')
    .action(async (name?: string) => {
      const program = command.parent!
      const found = name === undefined ? program : program.commands.find(c => c.name() === name)
      if (found?.name() === 'attack') await addChosenParameters(found, [])
      if (found?.name() === 'verdict') await addVerdictParameters(found)
      if (found) return found.outputHelp()
      say(
        await attackHelp(
          name!,
          program.commands.map(c => c.name()),
          paint,
        ),
      )
    })
}

/** @throws AdvxError 'usage' for what is neither a command nor an attack. */
export async function attackHelp(name: string, commands: readonly string[], paint: Paint): Promise<string> {
  const {
    attackNames,
    defenseNames,
    isPath: isFile,
    loadAttack,
    loadDefense,
  } = await import('../../engine/registry.ts')
  const names = await attackNames()
  const defenses = await defenseNames()
  if (defenses.includes(name)) return describeDefense(await loadDefense(name), paint)
  const isPath = isFile(name)
  if (!isPath && !names.includes(name))
    throw expected(
      'usage',
      `a command (${commands.join(', ')}), an attack (${names.join(', ')}) or a defense (${defenses.join(', ')})`,
      'advx help',
      name,
      suggest(name, [...commands, ...names, ...defenses]),
    )
  return describeAttack(await loadAttack(name), isPath ? name : undefined, paint)
}

async function describeAttack({ name, attack }: NamedAttack, path: string | undefined, paint: Paint): Promise<string> {
  const { numberOf } = await import('../../params.ts')
  const { L1_SHARE } = await import('../../norms.ts')
  const norms = (Object.keys(attack.norms) as NormName[]).map((norm, i) => [
    norm,
    epsText(norm, attack.norms[norm]!.eps),
    [
      i === 0 ? 'used where --norm is not given' : '',
      attack.norms[norm]!.help ??
        (norm === 'l1' && attack.norms.l1!.eps !== undefined
          ? `each step moves the strongest ${numberText(100 * L1_SHARE)} % of the values`
          : ''),
    ]
      .filter(text => text !== '')
      .map(printable)
      .join('; '),
  ])
  const first = Object.keys(attack.norms)[0] as NormName
  const own = attack.norms[first]!.eps
  const stages = (attack.stages?.(first, attack.params) ?? []).map(stage =>
    [
      stage.name,
      stage.attack,
      Object.entries(stage.params ?? {})
        .map(([key, value]) => `${key} ${valueText(value)}`)
        .join(', '),
    ].map(printable),
  )
  const minimal = norms.every(([, eps]) => eps === NEAREST)
  const guide = 'guide' in attack.params ? ' --guide guide.png' : ''
  const steps = 'steps' in attack.params ? ` --steps ${2 * numberOf(attack.params, 'steps', 1)}` : ''
  return [
    `${paint.bold(printable(name))}: ${printable(attack.title)}\n${printable(attack.paper)}`,
    ...(attack.formula === undefined ? [] : [`${paint.bold('Formula')}\n${formulaText(attack.formula)}`]),
    minimal
      ? `${paint.bold('Norms')} (--norm), in each of which it looks for the nearest adversarial picture; --eps only counts those within it\n${table(norms, '  ')}`
      : `${paint.bold('Norms')} (--norm) and default budgets (--eps, ε, in units where a pixel is 0..1)\n${table(norms, '  ')}`,
    await parametersText(attack.params, paint),
    ...(stages.length === 0
      ? []
      : [`${paint.bold('Attacks')}, each on the pictures that still stand; in ${first}:\n${table(stages, '  ')}`]),
    `${paint.bold('Example')}\n  advx attack -m model.onnx -a ${printable(path ?? name)} -n ${first}${own === undefined ? '' : ` -e ${lengthText(first, own)}`}${guide}${steps} photos/`,
  ].join('\n\n')
}

async function describeDefense(
  { name, defense: { title, paper, params } }: NamedDefense,
  paint: Paint,
): Promise<string> {
  return [
    `${paint.bold(name)}: ${title}\n${paper}`,
    await parametersText(params, paint),
    `${paint.bold('Example')}\n  advx defend ${name} -m model.onnx -o hardened.onnx --data photos/`,
  ].join('\n\n')
}

async function parametersText(given: Params, paint: Paint): Promise<string> {
  const { describe, isNumber } = await import('../../params.ts')
  const params = Object.entries(given).map(([key, value]) => {
    const term = describe(key, value)
    const range = isNumber(term)
      ? rangeText(term.min, term.max, term.structural === true)
      : (term.choices?.join(', ') ?? 'any text')
    return [`--${key}`, term.symbol, valueText(value), range, term.help].map(printable)
  })
  const titles = ['option', 'symbol', 'default', 'range', 'meaning'].map(t => paint.dim(t))
  return params.length === 0
    ? `${paint.bold('Parameters')}\n  none`
    : `${paint.bold('Parameters')}\n${table([titles, ...params], '  ')}`
}

function formulaText(formula: string): string {
  const lines = formulaLines(formula).map(line => `  ${printable(line)}`)
  const symbols = symbolsOf(formula)
  return [...lines, ...(symbols.length === 0 ? [] : ['', table(symbols, '  ')])].join('\n')
}

const NEAREST = 'nearest'
const epsText = (norm: NormName, eps: number | undefined): string =>
  eps === undefined ? NEAREST : lengthText(norm, eps)

function rangeText(min: number, max: number, structural: boolean): string {
  const kind = structural ? 'whole, ' : ''
  if (max === Infinity) return min === -Infinity ? `${kind}any` : `${kind}from ${numberText(min)}`
  return min === -Infinity ? `${kind}to ${numberText(max)}` : `${kind}${numberText(min)} to ${numberText(max)}`
}
