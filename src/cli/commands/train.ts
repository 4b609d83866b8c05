import { Command, Option } from 'commander'
import { expected } from '../../errors.ts'
import type { TrainOptions } from '../../train/options.ts'
import type { TrainEvent } from '../../train/trainer.ts'
import { commandLine } from '../command-line.ts'
import { count, durationText, numberText, percentText } from '../figures.ts'
import { parseNumber, parsePercent } from '../number.ts'
import { oneOf, option, text, whole } from '../option.ts'
import { printable } from '../printable.ts'
import { type Bar, openBar } from '../progress.ts'
import { interruptible } from '../signals.ts'
import { paint, paintError, say } from '../terminal.ts'

const LARGEST = Number.MAX_SAFE_INTEGER
const share = (value: string, flag: string): number => {
  const number = parseNumber(value, flag)
  if (number >= 1) throw expected('usage', 'a number from 0 to below 1', flag, value)
  return number
}
/** Other data, or how much is kept of those that are given. */
const validation = (value: string, flag: string): string | number => {
  if (!/^[\d.]+%?$/.test(value)) return text(value, flag)
  const kept = value === '0' ? 0 : parsePercent(value, flag)
  if (kept >= 1) throw expected('usage', 'less than all of the pictures', flag, value)
  return kept
}
const size = (value: string, flag: string): { width: number; height: number } => {
  const [, width, height = width] = /^(\d+)(?:x(\d+))?$/.exec(value) ?? []
  if (!width || Number(width) < 1 || Number(height) < 1) throw expected('usage', 'pixels, as 32 or 64x48,', flag, value)
  return { width: Number(width), height: Number(height) }
}

const OPTIONS = (): Option[] => [
  option('-o, --out <file.onnx>', 'what is written (default: model.onnx)', text),
  option('--arch <name>', 'a new network (default: resnet); `advx list --architectures` names them', text),
  option('-m, --model <file or name>', 'train this model on, instead of a new one', text),
  option(
    '--validation <data>',
    'other pictures to measure on, or how much is kept: 10% (default: the test files of IDX data, else 10%)',
    validation,
  ),
  option('-c, --classes <file>', "class names, one a line (default: the folders' names)", text),
  option('-p, --preprocess <name or file>', 'as for attack (default: mean and deviation of the pictures)', text),
  option('--size <pixels>', 'resize pictures: 32, or 64x48 (default: all must have one size)', size),
  option('--epochs <n>', 'times that each picture is seen (default: 10)', whole(1, LARGEST)),
  option('-b, --batch-size <n>', 'pictures in a step (default: 128)', whole(2, LARGEST)),
  option(
    '--lr <number>',
    'the highest learning rate (default: sgd 0.2 for a batch of 256, in proportion; others 0.001)',
    parseNumber,
  ),
  option(
    '--optimizer <name>',
    'sgd, rmsprop, adam or adamw (default: sgd)',
    oneOf(['sgd', 'rmsprop', 'adam', 'adamw']),
  ),
  option('--momentum <number>', 'of sgd and rmsprop (default: 0.9)', share),
  new Option('--no-nesterov', "plain momentum, not Nesterov's"),
  option('--weight-decay <number>', '(default: sgd 0.0005, adamw 0.01, others 0)', parseNumber),
  option(
    '--schedule <name>',
    'one-cycle, cosine, step or constant (default: one-cycle)',
    oneOf(['one-cycle', 'cosine', 'step', 'constant']),
  ),
  option('--warm-up <epochs>', 'in which the learning rate rises, but for one-cycle (default: 0)', parseNumber),
  option('--label-smoothing <number>', 'share of a label that is spread over all classes (default: 0)', share),
  option('--shift <pixels>', 'by which pictures are moved at most, at random (default: 2)', whole(0, LARGEST)),
  new Option('--no-flip', 'do not mirror pictures: for digits and text'),
  option('--clip <length>', 'the longest gradient, in L2 (default: any)', parseNumber),
  option(
    '--average <number>',
    'write the mean of the weights over the steps: what it keeps at each, as 0.999 (default: 0)',
    share,
  ),
  option('--seed <n>', 'of first weights, order and changes of the pictures (default: 0)', whole(0, LARGEST)),
  option('--threads <n>', 'cores that the step uses (default: those that this process may use)', whole(1, 1024)),
  new Option('--resume', 'go on with a training that was stopped'),
  new Option('--force', 'replace the file, and start anew'),
]

/** Some of them, as other commands take them. */
export const trainOptions = (names: readonly string[]): Option[] =>
  OPTIONS().filter(made => names.includes(made.attributeName()))

const HELP = `
<data> is a folder with one folder a class, a .csv file of image,label, or a folder with the IDX files of MNIST.
What it writes: the .onnx file, with class names and preprocessing inside, and a report beside it, .html and .json.
A checkpoint lies beside it while training goes on: Ctrl-C keeps it, --resume goes on to the same weights.

Examples:
  advx train photos/ -o photos.onnx                          a small ResNet on photos/<class>/<any name>.jpg
  advx train fashion-mnist/ --arch mobilenet --epochs 7
  advx train mnist/ --no-flip --optimizer adamw --schedule cosine --warm-up 1
  advx train photos/ -m model.onnx --lr 0.001 --epochs 2     a model that is there, trained on
`

/** `advx train <data>` */
export function train(): Command {
  const command = new Command('train')
    .description('train a network on labelled pictures and write it as an ONNX file')
    .argument('<data>', 'a folder or a .csv file')
    .addHelpText('after', HELP)
  for (const made of OPTIONS()) command.addOption(made)
  return command.action(async (data: string) => {
    const { runTraining } = await import('../../train/run.ts')
    const { out = 'model.onnx', ...given } = command.opts()
    const typed = `advx ${commandLine(command.parent?.args ?? [])}`
    const options = { ...given, out, data, command: typed } as TrainOptions
    const bar = await openBar()
    try {
      const said = 'Stopping after this step. Once more stops at once.'
      const result = await interruptible(signal => runTraining(options, shown(bar), signal), said)
      bar.stop()
      const last = result.history.at(-1)
      const accuracy = last?.validation
        ? `, ${percentText(last.validation.accuracy)} of ${count(result.pictures.measured, 'picture')} that it was not trained on`
        : ''
      say(`${paint.bold(printable(result.out))}: trained on ${count(result.pictures.trained, 'picture')}${accuracy}.`)
      say(`${paint.bold('Next')}  advx attack -m ${printable(result.out)} photos/`)
    } finally {
      bar.stop()
    }
  })
}

/** Events as a bar on a terminal, and a line for each epoch. */
export function shown(bar: Bar): (event: TrainEvent) => void {
  let [loss, accuracy] = [0, 0] // running means
  return event => {
    if (event.type === 'note') bar.above(`${paintError.cyan('Note:')} ${printable(event.message)}`)
    if (event.type === 'step') {
      const { step, steps, perEpoch, batch } = event
      const kept = (step - 1) % perEpoch === 0 ? 0 : 0.95
      loss = kept * loss + (1 - kept) * event.loss
      accuracy = kept * accuracy + (1 - kept) * event.accuracy
      const epoch = Math.ceil(step / perEpoch)
      bar.show(step * batch, steps * batch, `epoch ${epoch}, loss ${numberText(loss)}, ${percentText(accuracy)}`)
    }
    if (event.type === 'epoch') {
      const { epoch, epochs, validation, seconds } = event
      const measured = validation
        ? `; not trained on: loss ${numberText(validation.loss)}, ${percentText(validation.accuracy)}`
        : ''
      bar.above(
        `Epoch ${epoch}/${epochs}: loss ${numberText(event.loss)}, ${percentText(event.accuracy)}${measured} (${durationText(seconds)})`,
      )
    }
  }
}
