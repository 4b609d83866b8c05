import { AdvxError } from '../../errors.ts'
import { quote } from '../../formats/onnx/quote.ts'
import type { OnnxGraph, OnnxModel } from '../../formats/onnx/schema.ts'
import { transpose } from '../../ops/shape.ts'
import { N } from '../../shape.ts'
import { simplify } from '../../simplify.ts'
import { input, type Tensor } from '../../tensor.ts'
import { Budget } from './budget.ts'
import { chooseOutput } from './choose-output.ts'
import { logitsOf } from './logits.ts'
import { asBatchOf } from './one-picture.ts'
import { type PictureInput, type PictureSize, pictureInput } from './picture-input.ts'
import { translate } from './translate.ts'

export interface ImportOptions {
  /** The name of the output that holds the scores; else it is found. */
  readonly output?: string | undefined
  /** 1: one picture at a time, as the file says it. Else any number, where the file can be read so. */
  readonly batch?: 1 | undefined
  readonly size?: PictureSize | undefined
}

export interface Imported {
  /** [N, C, H, W], whatever order the file wants. */
  readonly input: Tensor
  /** [N, K] */
  readonly logits: Tensor
  readonly picture: PictureInput
  /** 1: right for one picture at a time only. */
  readonly batch: 'any' | 1
  /** What was done to the graph that a user should know, as sentences. */
  readonly notes: readonly string[]
}

/**
 * The graph of an ONNX classifier in operators of the core, simplified, without a Softmax at the end.
 *
 * A file with a fixed batch of 1 is read for any batch; where that fails it is read for one picture at a time.
 * Whatever does not fit is an AdvxError with the fault `model` that names the node.
 */
export function importOnnx(model: OnnxModel, { output, batch, size = {} }: ImportOptions = {}): Imported {
  const picture = pictureInput(model, size)
  const chosen = chooseOutput(model, output)
  if (batch === 1) return read(model, picture, chosen, 1)
  try {
    return read(model, picture, chosen, N)
  } catch (error) {
    if (!(error instanceof AdvxError) || (picture.batch ?? 1) !== 1) throw error
    const alone = read(model, picture, chosen, 1)
    return {
      ...alone,
      notes: [...alone.notes, `The model works on one picture at a time. For several: ${error.message}`],
    }
  }
}

function read(model: OnnxModel, picture: PictureInput, output: string, batch: typeof N | 1): Imported {
  const { channels, height, width, layout } = picture
  const source = input([N, channels, height, width], picture.name)
  const pictures = batch === 1 ? asBatchOf(source, [1, channels, height, width]) : source
  const seen = layout === 'NHWC' ? transpose(pictures, [0, 2, 3, 1]) : pictures
  const budget = new Budget(weightsIn(model.graph))
  budget.activation(source.shape)
  const result = translate(model, new Map([[picture.name, seen]]), output, {
    budget,
    batch: picture.batch ?? 1,
    fixed: picture.batch !== null,
    pictures,
  })
  const { logits, removed } = logitsOf(result, batch)
  const notes = [
    removed && `The ${removed} at the end was taken away: attacks work on logits.`,
    layout === 'NHWC' && 'The model takes channels last; pictures are transposed inside the graph.',
    picture.type !== 'float32' && `The input is ${picture.type} in the file and float32 here.`,
    model.graph.outputs.length > 1 && `The scores are taken from the output ${quote(output)}.`,
  ].filter(note => typeof note === 'string')
  const rows = batch === 1 ? asBatchOf(logits, [N, logits.shape[1]]) : logits
  return { input: source, logits: simplify([rows])[0], picture, batch: batch === 1 ? 1 : 'any', notes }
}

const weightsIn = ({ initializers, nodes }: OnnxGraph): number => {
  const tensors = nodes.flatMap(({ attributes }) =>
    Array.from(attributes.values(), a => (a.kind === 'tensor' ? a.value : [])),
  )
  return [...initializers.values(), ...tensors.flat()].reduce((total, { data }) => total + data.length, 0)
}
