import { Command } from 'commander'
import type { VerdictOptions } from '../../engine/verdict.ts'
import type { Defended, DefendOptions } from '../../train/defend.ts'
import { attackOptions } from '../attack-options.ts'
import { commandLine } from '../command-line.ts'
import { budgetText, count, percentText, valueText } from '../figures.ts'
import { addParameters, givenParameters } from '../parameter-options.ts'
import { printable } from '../printable.ts'
import { openBar } from '../progress.ts'
import { interruptible } from '../signals.ts'
import { table } from '../table.ts'
import { paintError, say, tell } from '../terminal.ts'
import { showVerdict } from '../verdict-text.ts'
import { shown, trainOptions } from './train.ts'

/** Of advx attack: for the verdict, and where they say so for the defense. */
const ATTACKING = ['norm', 'labels', 'device', 'threads', 'limit', 'seed', 'force', 'classes']
const TRAINING = [
  ...['validation', 'epochs', 'batchSize', 'lr', 'optimizer', 'momentum', 'nesterov', 'weightDecay', 'schedule'],
  ...['warmUp', 'shift', 'flip', 'clip', 'average', 'resume'],
]

const HELP = `
The file that is written takes the same pictures, prepared in the same way, as the model it was made from, and gives logits.
Defenses that train begin with the weights of the model (default: --epochs 5 --optimizer adam --lr 0.0005) and need --data
as advx train does. With --test the strong attacks of advx say how much more robust it is (advx help verdict); defenses that
train nothing take the pictures of --data for that.

Examples:
  advx defend bit-depth -m model.onnx -o hardened.onnx --bits 3 --data photos/
  advx defend adversarial-training -m model.onnx -o hardened.onnx --data train/ --eps 8/255 --test test/
`

/** `advx defend <method>` */
export function defend(): Command {
  const command = new Command('defend')
    .description('harden a model: writes an ONNX file, and says how much more robust it is')
    .argument('<method>', 'a defense of `advx list`, or the path of your own .js')
    .requiredOption('-m, --model <file or name>', 'as for attack')
    .requiredOption('-o, --out <file.onnx>', 'the hardened model')
    .option('--data <data>', 'pictures to train on, as for train')
    .option('--test <images...>', 'pictures for the verdict, that it is not trained on: folders, files or globs')
    .option('--verdict <folder>', "where the verdict goes (default: the file's name and -verdict)")
    .option('-p, --preprocess <name or file>', 'as for attack')
    .option('--output <name>', 'as for attack')
    .addHelpText('after', HELP)
  for (const made of attackOptions([...ATTACKING, 'eps', 'json'])) command.addOption(made)
  for (const made of trainOptions(TRAINING)) command.addOption(made)
  return command.action(async (method: string) => {
    const { test, verdict, json, eps: budgets, ...options } = named(command)
    const eps = budgets === undefined ? {} : { eps: await oneBudget(budgets) }
    await refuseTraining(command, method)
    const { defendModel } = await import('../../train/defend.ts')
    const typed = `advx ${commandLine(command.parent?.args ?? [])}`
    const bar = await openBar()
    const said = 'Stopping after this step. Once more stops at once.'
    const made = await interruptible(
      signal =>
        defendModel(
          method,
          { ...options, ...eps, command: typed, params: givenParameters(command) } as DefendOptions,
          shown(bar),
          signal,
        ),
      said,
    ).finally(() => bar.stop())
    for (const note of made.notes) tell(`${paintError.cyan('Note:')} ${printable(note)}`)
    ;(json ? tell : say)(`${printable(options.out)}: ${defendedText(made)}`)
    if (made.curve && !json) say(curveText(made.curve))
    const learned = made.trained !== null || made.curve !== null
    const images = test ?? (learned ? undefined : options.data && [options.data])
    if (images === undefined)
      return tell(
        `No ${learned ? '--test' : '--data'}: nothing was attacked, and how robust it is is not known. advx verdict says it.`,
      )
    await showVerdict(
      {
        ...Object.fromEntries(Object.entries(options).filter(([name]) => ATTACKING.includes(name))),
        ...(made.threat
          ? { norm: made.threat.norm, ...(made.threat.eps === null ? {} : { eps: made.threat.eps }) }
          : {}),
        ...eps,
        images,
        out: verdict ?? `${options.out.replace(/\.onnx$/i, '')}-verdict`,
        before: { model: options.model, ...prepared(options) },
        after: { model: options.out, ...prepared(options) },
        command: typed,
      } as VerdictOptions,
      json === true,
    )
  })
}

/** @throws AdvxError 'usage' for options of training with a defense that trains nothing. */
async function refuseTraining(command: Command, method: string): Promise<void> {
  const { loadDefense } = await import('../../engine/registry.ts')
  const { name, defense } = await loadDefense(method)
  if (defense.teach) return
  const given = command.options.find(
    option =>
      TRAINING.includes(option.attributeName()) && command.getOptionValueSource(option.attributeName()) === 'cli',
  )
  const { expected } = await import('../../errors.ts')
  if (given) throw expected('usage', 'no option of training', name, given.long!, `${name} trains nothing.`)
}

/** Options without the parameters of defenses. */
const named = (command: Command) =>
  Object.fromEntries(Object.entries(command.opts()).filter(([name]) => !name.startsWith('parameter ')))

const prepared = ({ preprocess }: Record<string, unknown>) => (preprocess === undefined ? {} : { preprocess })

export async function oneBudget(budgets: readonly number[]): Promise<number> {
  const { expected } = await import('../../errors.ts')
  if (budgets.length !== 1) throw expected('usage', 'one budget', '--eps', budgets.join(','))
  return budgets[0]
}

function defendedText({ defense: { defense }, params, threat, trained }: Defended): string {
  const settings = [
    ...(threat ? [budgetText(threat.norm, threat.eps)] : []),
    ...Object.entries(params).map(([name, value]) => `${name} ${valueText(value)}`),
  ]
  const last = trained?.history.at(-1)
  const accuracy = last?.validation
    ? `, ${percentText(last.validation.accuracy)} of ${count(trained!.pictures.measured, 'picture')} that it was not trained on`
    : ''
  return `${printable(defense.title)}${settings.length > 0 ? ` (${settings.map(printable).join(', ')})` : ''}${trained ? `, trained on ${count(trained.pictures.trained, 'picture')}${accuracy}` : ''}.`
}

/** DeepCloak's: accuracy on the pictures that fell, as they were and as they were made, by the share that is left out. */
const curveText = (curve: NonNullable<Defended['curve']>): string =>
  table([
    ['Left out', 'Right, clean', 'Right, adversarial'],
    ...curve.map(({ share, clean, adversarial }) => [share, clean, adversarial].map(percentText)),
  ])

/** Adds the parameters of the defense that `argv` chooses, so that `--bits` is an option like any other. */
export async function addDefenseParameters(command: Command, argv: readonly string[]): Promise<void> {
  const { defenseNames, loadDefense } = await import('../../engine/registry.ts')
  const first = defend()
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .allowUnknownOption()
  const [method] = first.parseOptions([...argv]).operands
  const parametrised = async (names: readonly string[]) =>
    (await Promise.all(names.map(loadDefense))).map(({ name, defense }) => ({ name, params: defense.params }))
  addParameters(
    command,
    await parametrised(method === undefined ? [] : [method]),
    await parametrised(await defenseNames()),
  )
}
