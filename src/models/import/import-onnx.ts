import { AdvxError } from '../../errors.ts'
import { quote } from '../../formats/onnx/quote.ts'
import type { OnnxModel } from '../../formats/onnx/schema.ts'
import { narrow } from '../../narrow.ts'
import { reshape, transpose } from '../../ops/shape.ts'
import { poolLast } from '../../pool-last.ts'
import { N, type Shape, show, size as sizeOf } from '../../shape.ts'
import { simplify } from '../../simplify.ts'
import { input, type Tensor } from '../../tensor.ts'
import { sinkTransposes } from '../../transposes.ts'
import { Budget } from './budget.ts'
import type { Setting } from './call.ts'
import { chooseOutput } from './choose-output.ts'
import { weightsIn } from './inventory.ts'
import { logitsOf } from './logits.ts'
import { Notes } from './notes.ts'
import { asBatchOf } from './one-picture.ts'
import { type PictureInput, type PictureSize, pictureInput } from './picture-input.ts'
import { translate } from './translate.ts'

export interface ImportOptions {
  /** The name of the output that holds the scores; else it is found. */
  readonly output?: string | undefined
  /** 1: one picture at a time, as the file says it. Else any number, where the file can be read so. */
  readonly batch?: 1 | undefined
  readonly size?: PictureSize | undefined
  /** Told of each node, as it was read. */
  readonly observe?: Setting['observe']
}

export interface Imported {
  /** [N, C, H, W], whatever order the file wants. */
  readonly input: Tensor
  /** [N, K] */
  readonly logits: Tensor
  readonly picture: PictureInput
  /** The name of the value that the scores are. */
  readonly output: string
  /** 1: right for one picture at a time only. */
  readonly batch: 'any' | 1
  /** What was done to the graph that a user should know, as sentences. */
  readonly notes: readonly string[]
}

/**
 * The graph of a classifier, of ONNX or TensorFlow.js, in operators of the core, simplified, without a Softmax at the end.
 *
 * A file with a fixed batch of 1 is read for any batch; where that fails it is read for one picture at a time.
 * Whatever does not fit is an AdvxError with the fault `model` that names the node.
 */
export function importOnnx(model: OnnxModel, { output, batch, size = {}, observe }: ImportOptions = {}): Imported {
  const picture = pictureInput(model, size)
  const chosen = chooseOutput(model, output)
  if (batch === 1) return read(model, picture, chosen, 1, observe)
  try {
    return read(model, picture, chosen, N, observe)
  } catch (error) {
    if (!(error instanceof AdvxError) || (picture.batch ?? 1) !== 1) throw error
    const alone = read(model, picture, chosen, 1, observe)
    return {
      ...alone,
      notes: [...alone.notes, `The model works on one picture at a time. For several: ${error.message}`],
    }
  }
}

/**
 * A value inside the network by its name in the file, as one row of numbers a picture: `input` [N, C, H, W] and
 * `activation` [N, D]; `shape`: as the file has it.
 */
export function importLayer(
  model: OnnxModel,
  name: string,
  { batch, size = {}, observe }: Omit<ImportOptions, 'output'> = {},
): { readonly input: Tensor; readonly activation: Tensor; readonly shape: Shape } {
  const rows = batch ?? N
  const picture = pictureInput(model, size)
  const { source, result } = translated(model, picture, name, rows, observe, new Notes())
  if (result.shape[0] !== rows)
    throw new AdvxError('model', `The value ${quote(name)} is [${show(result.shape)}], not one row a picture.`)
  const flat = reshape(result, [rows, Math.abs(sizeOf(result.shape))])
  const [activation] = ordered([rows === 1 ? asBatchOf(flat, [N, flat.shape[1]]) : flat], picture)
  return { input: source, activation, shape: result.shape }
}

function read(
  model: OnnxModel,
  picture: PictureInput,
  output: string,
  batch: typeof N | 1,
  observe: Setting['observe'],
): Imported {
  const remarks = new Notes()
  const { source, result } = translated(model, picture, output, batch, observe, remarks)
  const scores = logitsOf(result, batch)
  const notes = [
    ...scores.notes,
    picture.layout === 'NHWC' && 'The model takes channels last; in the graph they come first.',
    picture.type !== 'float32' && `The input is ${picture.type} in the file and float32 here.`,
    outputNote(model, output),
    ...remarks.sentences(),
  ].filter(note => typeof note === 'string')
  const rows = batch === 1 ? asBatchOf(scores.logits, [N, scores.logits.shape[1]]) : scores.logits
  const [logits] = narrow(simplify(poolLast(ordered([rows], picture))))
  return { input: source, logits, picture, output, batch: batch === 1 ? 1 : 'any', notes }
}

/** Simplified, without transpositions between operators where the file's pictures have their channels last. */
function ordered(outputs: readonly Tensor[], { layout }: PictureInput): Tensor[] {
  const plain = simplify(outputs)
  return layout === 'NHWC' ? simplify(sinkTransposes(plain)) : plain
}

/** The pictures and a value of the file that is computed from them. */
function translated(
  model: OnnxModel,
  picture: PictureInput,
  name: string,
  batch: typeof N | 1,
  observe: Setting['observe'],
  notes: Notes,
): { source: Tensor; result: Tensor } {
  const { channels, height, width, layout } = picture
  const source = input([N, channels, height, width], picture.name)
  const pictures = batch === 1 ? asBatchOf(source, [1, channels, height, width]) : source
  const seen = layout === 'NHWC' ? transpose(pictures, [0, 2, 3, 1]) : pictures
  const budget = new Budget(weightsIn(model))
  budget.activation(source.shape)
  const result = translate(model, new Map([[picture.name, seen]]), name, {
    budget,
    notes,
    observe,
    batch: picture.batch ?? 1,
    fixed: picture.batch !== null,
    pictures,
  })
  return { source, result }
}

/** Which of several outputs it is, or that it is a value inside. */
function outputNote({ graph: { outputs } }: OnnxModel, output: string): string | null {
  const others = outputs.filter(({ name }) => name !== output).map(({ name }) => quote(name))
  if (others.length === 0) return null
  const inside = others.length === outputs.length
  return `The scores are taken from ${inside ? 'the value' : 'the output'} ${quote(output)}; ${inside ? 'the outputs are' : '--output takes another of'} ${others.join(', ')}.`
}
