import { Command } from 'commander'
import { printable } from '../printable.ts'
import { table } from '../table.ts'
import { type Paint, paint, say, sayJson } from '../terminal.ts'

interface InspectOptions {
  readonly preprocess?: string
  readonly classes?: string
  readonly output?: string
  readonly layers?: true
  readonly json?: true
}

/** `advx inspect <model>` */
export function inspect(): Command {
  return new Command('inspect')
    .description('what advx finds in a model: inputs, classes, preprocessing, operators')
    .argument('<model>', 'an .onnx file, a tfjs model.json, a folder, or a name from `advx models`')
    .option('-p, --preprocess <name or file>', 'as for attack')
    .option('-c, --classes <file>', 'as for attack')
    .option('--output <name>', 'as for attack')
    .option('--layers', 'list the values inside by their names, for --layer')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExit 0 when the model can be attacked, else 3 with the reason.')
    .action(async (model: string, { json, layers, ...options }: InspectOptions) => {
      const { inspectModel } = await import('../inspection.ts')
      const found = await inspectModel(model, options)
      if (json) sayJson(`${JSON.stringify(found, null, 2)}\n`)
      else say(layers ? layersText(found, paint) : inspectionText(found, paint))
      if (found.obstacle !== null) process.exitCode = 3
    })
}

type Inspection = Awaited<ReturnType<typeof import('../inspection.ts').inspectModel>>

/** Class names that are shown. */
const SHOWN = 8

export function inspectionText(found: Inspection, paint: Paint): string {
  const { classifier, operators, obstacle } = found
  const { classes, input, preprocessing: p, batch, output } = classifier ?? {}
  const more = (classes?.names.length ?? 0) > SHOWN ? ', …' : ''
  const rows = [
    ['File', found.path],
    ['Format', `${formatText(found)}, by ${found.producer || 'an unnamed program'}`],
    ['Inputs', found.inputs.join(', ')],
    ['Outputs', found.outputs.join(', ')],
    ['Scores', output !== undefined && `'${output}'`],
    [
      'Pictures',
      input && `${input.channels} x ${input.height} x ${input.width}${batch === 1 ? ', one at a time' : ''}`,
    ],
    [
      'Classes',
      classes &&
        `${classes.names.length} (${ORIGINS[classes.from]}): ${classes.names.slice(0, SHOWN).join(', ')}${more}`,
    ],
    ['Preprocessing', p && `${p.name} (${ORIGINS[p.from]}): ${p.formula}`],
    ['Parameters', found.parameters.toLocaleString('en')],
    ['Values', `${found.layers.length} inside; --layers lists them by name`],
    ['Operators', operators.map(operatorText).join(', ')],
    ['Gradient', classifier && gradientText(found)],
    ...(classifier?.notes ?? []).map((note, i) => [i === 0 ? 'Notes' : '', note]),
  ].filter((row): row is string[] => typeof row[1] === 'string')
  const verdict =
    obstacle === null
      ? paint.green('It can be attacked.')
      : `${paint.red('It cannot be attacked:')} ${printable(obstacle)}`
  return `${table(rows.map(([name, text]) => [paint.bold(name), printable(text)]))}\n\n${verdict}`
}

/** `ONNX, opset 17`; a tfjs model has layers or operators, whose sets have no versions. */
const formatText = ({ format, opsets }: Inspection): string =>
  format === 'tfjs'
    ? `TensorFlow.js, ${opsets.some(([set]) => set === 'keras') ? 'LayersModel' : 'GraphModel'}`
    : `ONNX, ${opsets.map(([set, version]) => `${set} ${version}`).join(', ')}`

const layersText = ({ layers }: Inspection, paint: Paint): string =>
  table([
    [paint.bold('name'), paint.bold('operator')],
    ...layers.map(({ name, operator }) => [name, operator].map(printable)),
  ])

const operatorText = ({ type, count, known, gradient }: Inspection['operators'][number]): string => {
  const remark = known ? REMARKS[gradient ?? 'passes'] : 'unknown'
  return `${type} ${count}${remark && ` (${remark})`}`
}
const REMARKS = { passes: '', 'straight-through': 'straight-through', none: 'no gradient' } as const

function gradientText({ operators, blocking }: Inspection): string {
  const through = operators.filter(({ gradient }) => gradient === 'straight-through').map(({ type }) => type)
  const texts = [
    blocking.length > 0 && `does not pass: ${blocking.join(', ')}`,
    through.length > 0 && `passes straight through the rounding of: ${through.join(', ')}`,
  ].filter(text => typeof text === 'string')
  return texts.join('; ') || 'passes every operator'
}

const ORIGINS = {
  option: 'as given',
  'preprocessor_config.json': 'preprocessor_config.json beside the model',
  'config.json': 'config.json beside the model',
  metadata: "the model's metadata",
  default: 'assumed, nothing says',
  indices: 'no names found',
} as const
