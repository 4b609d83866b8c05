import { Command } from 'commander'
import type { VerdictOptions } from '../../engine/verdict.ts'
import { attackOptions } from '../attack-options.ts'
import { commandLine } from '../command-line.ts'
import { valueText } from '../figures.ts'
import { addParameters, givenParameters } from '../parameter-options.ts'
import { printable } from '../printable.ts'
import { say, tell } from '../terminal.ts'
import { showVerdict } from '../verdict-text.ts'

const SHARED = ['norm', 'labels', 'device', 'threads', 'batchSize', 'limit']

const HELP = `
The file that is written takes the same pictures, prepared in the same way, as the model it was made from, and gives logits.
With --data it is attacked before and after by the strong attacks of advx (advx help verdict).

Examples:
  advx defend bit-depth -m model.onnx -o hardened.onnx --bits 3
  advx defend median-smoothing -m model.onnx -p imagenet -o hardened.onnx --data photos/ --limit 100
`

/** `advx defend <method>` */
export function defend(): Command {
  const command = new Command('defend')
    .description('harden a model: writes an ONNX file, and says how much more robust it is')
    .argument('<method>', 'a defense of `advx list`, or the path of your own .js')
    .requiredOption('-m, --model <file or name>', 'as for attack')
    .requiredOption('-o, --out <file.onnx>', 'the hardened model')
    .option('--data <images...>', 'folders, files or globs for the verdict: <class>/<any name>')
    .option('--verdict <folder>', "where the verdict goes (default: the file's name and -verdict)")
    .option('-p, --preprocess <name or file>', 'as for attack')
    .option('-c, --classes <file>', 'as for attack')
    .option('--output <name>', 'as for attack')
    .addHelpText('after', HELP)
  for (const made of attackOptions([...SHARED, 'eps', 'seed', 'force', 'json'])) command.addOption(made)
  return command.action(async (method: string) => {
    const { model, out, data, verdict, preprocess, classes, output, eps, seed, force, json, ...rest } = command.opts()
    const { defendModel } = await import('../../engine/defend.ts')
    const params = givenParameters(command)
    const {
      defense,
      params: own,
      classifier,
    } = await defendModel(method, model, out, {
      preprocess,
      classes,
      output,
      seed,
      force,
      params,
    })
    for (const note of classifier.notes) tell(`Note: ${printable(note)}`)
    const { channels, height, width } = classifier.input
    const settings = Object.entries(own).map(([name, value]) => `${name} ${valueText(value)}`)
    const made = `${printable(out)}: ${defense.defense.title}${settings.length > 0 ? ` (${settings.join(', ')})` : ''}; ${channels} x ${height} x ${width} in, ${classifier.classes.length} logits out.`
    if (json) tell(made)
    else say(made)
    if (data === undefined)
      return tell('No --data: nothing was attacked, and how robust it is is not known. advx verdict says it.')
    const options = Object.fromEntries(Object.entries(rest).filter(([name]) => SHARED.includes(name)))
    await showVerdict(
      {
        ...options,
        ...(eps === undefined ? {} : { eps: eps[0] }),
        ...(seed === undefined ? {} : { seed }),
        ...(force === undefined ? {} : { force }),
        ...(classes === undefined ? {} : { classes }),
        images: data,
        out: verdict ?? `${out.replace(/\.onnx$/i, '')}-verdict`,
        before: { model, ...(preprocess === undefined ? {} : { preprocess }) },
        after: { model: out, ...(preprocess === undefined ? {} : { preprocess }) },
        command: `advx ${commandLine(command.parent?.args ?? [])}`,
      } as VerdictOptions,
      json === true,
    )
  })
}

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
