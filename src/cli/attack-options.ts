import { Command, Option } from 'commander'
import type { AttackOptions } from '../engine/options.ts'
import type { NormName } from '../norms.ts'
import { parseNumbers, parsePercent } from './number.ts'
import { oneOf, option, text, whole } from './option.ts'
import { addParameters, givenParameters } from './parameter-options.ts'

/** What a command line of `advx attack` asks for. */
export interface AttackRequest {
  readonly options: AttackOptions
  readonly json: boolean
  readonly dryRun: boolean
}

const NORMS: readonly NormName[] = ['linf', 'l2', 'l1', 'l0']
const LARGEST = Number.MAX_SAFE_INTEGER

/** An option whose lists add up: `-a fgsm -a pgd` is `-a fgsm,pgd`. */
const list = <T>(flags: string, help: string, parse: (text: string, flag: string) => T[]): Option => {
  const made = new Option(flags, help)
  return made.argParser((text, before: T[] | undefined) => [...(before ?? []), ...parse(text, made.long!)])
}
const names = (value: string, flag: string): string[] => value.split(',').map(name => text(name.trim(), flag))

const OPTIONS = (): Option[] => [
  option(
    '-m, --model <file or name>',
    'an .onnx file, a tfjs model.json, a folder in Hugging Face layout, or a name from `advx models`',
    text,
  ),
  list('-a, --attack <names>', 'one or several by comma, or the path of your own .js (default: pgd)', names),
  list(
    '-e, --eps <numbers>',
    "budget, or several by comma; pixels are 0..1 (default: the attack's, 8/255)",
    parseNumbers,
  ),
  option('-n, --norm <norm>', "linf, l2, l1 or l0 (default: the attack's first)", oneOf(NORMS)),
  option('-t, --target <class>', 'index, class name or least-likely (default: untargeted)', text),
  option('-l, --labels <file.csv>', "lines of image,label (default: the parent folder's name)", text),
  option(
    '--label-from <source>',
    '`prediction`: attack what the model says where no label is given',
    oneOf(['prediction']),
  ),
  option('-c, --classes <file>', 'class names, one a line', text),
  option(
    '-p, --preprocess <name or file>',
    'unit, imagenet, inception, caffe, raw, or a preprocessor_config.json',
    text,
  ),
  option('--output <name>', "the model's output that holds the scores (default: it is found)", text),
  option('-o, --out <folder>', 'where the results go (default: advx-out)', text),
  option('-b, --batch-size <n>', 'pictures in flight; never changes a result', whole(1, LARGEST)),
  option('-d, --device <name>', 'auto, or one that `advx doctor` names (default: auto)', text),
  option('--threads <n>', 'worker threads (default: the cores that this process may use)', whole(1, 1024)),
  option('--seed <n>', 'of the random numbers (default: 0)', whole(0, LARGEST)),
  option('--limit <n>', 'only the first n pictures', whole(1, LARGEST)),
  new Option('--no-early-stop', 'run every step, also after success'),
  option('--fail-under <percent>', 'exit 1 when robust accuracy is below: 50 or 50%', parsePercent),
  new Option('--strict', 'exit 4 when a picture failed, 5 when a validity check failed'),
  new Option('--json', 'print report.json, and nothing else on stdout'),
  new Option('--force', 'start anew where the folder holds results'),
  new Option('--dry-run', 'say what would be done and how long it would take'),
]

/** Some of them, as other commands take them. */
export const attackOptions = (names: readonly string[]): Option[] =>
  OPTIONS().filter(made => names.includes(made.attributeName()))

const HELP = `
Numbers may be typed as 8/255, 0.03 or 1e-2. What it writes: clean/, <attack>/, results.jsonl, report.{json,html,md,csv}.

Examples:
  advx attack fixtures/images                                    the embedded model and pictures
  advx attack -m model.onnx -p imagenet photos/                  photos/<class>/<any name>.jpg
  advx attack -m model.onnx -a fgsm,pgd -e 1/255,2/255 --steps 40 photos/
  advx attack -m model.onnx --fail-under 50 --strict photos/     a gate for CI
  advx attack -m model.onnx -a ./mine.js photos/                 an attack of your own
`

/** `advx attack` with the options that every attack has. */
export function attackCommand(): Command {
  const command = new Command('attack')
    .description('attack a model with pictures; writes perturbed pictures and a report')
    .argument('<images...>', 'folders, files or globs')
    .addHelpText('after', HELP)
  for (const made of OPTIONS()) command.addOption(made)
  return command
}

/** Adds the parameters of the attacks that `argv` chooses, so that `--steps` is an option like any other. */
export async function addChosenParameters(command: Command, argv: readonly string[]): Promise<void> {
  const { attackNames, loadAttack } = await import('../engine/registry.ts')
  const parametrised = async (names: readonly string[]) =>
    (await Promise.all(names.map(loadAttack))).map(({ name, attack }) => ({ name, params: attack.params }))
  addParameters(command, await parametrised(chosenAttacks(argv)), await parametrised(await attackNames()))
}

/** The attacks that a command line names, whatever else is wrong with it: that is for the second reading to say. */
function chosenAttacks(argv: readonly string[]): string[] {
  const first = attackCommand()
    .exitOverride()
    .configureOutput({ outputError: () => {} })
  try {
    first.parseOptions([...argv])
  } catch {}
  return first.getOptionValue('attack') ?? ['pgd']
}

/** A parsed command as plain data. */
export function attackRequest(command: Command): AttackRequest {
  const known = new Set(OPTIONS().map(made => made.attributeName()))
  const { attack, json, dryRun, ...rest } = Object.fromEntries(
    Object.entries(command.opts()).filter(([name]) => known.has(name)),
  )
  const options = {
    ...rest,
    images: command.args,
    ...(attack ? { attacks: attack } : {}),
    params: givenParameters(command),
  } as AttackOptions
  return { options, json: json === true, dryRun: dryRun === true }
}
