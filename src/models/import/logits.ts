import { AdvxError } from '../../errors.ts'
import { substitute } from '../../graph.ts'
import { reshape, transpose } from '../../ops/shape.ts'
import { type Shape, show, size } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'

/** What turns logits into probabilities at the end of a network, and what it is called in ONNX. */
const HEADS: Readonly<Record<string, string>> = { softmax: 'Softmax', logSoftmax: 'LogSoftmax', sigmoid: 'Sigmoid' }

/**
 * The logits [N, K] behind a model's output, whatever unit axes it has. A Softmax at the end (also before a Reshape) is
 * taken away, because its gradient vanishes where the model is sure; `removed` says which. `batch` is N or 1.
 */
export function logitsOf(output: Tensor, batch: number): { logits: Tensor; removed: string | null } {
  const scores = ordered(output, batch)
  let y = output
  while (y.op.name === 'reshape') y = y.inputs[0]
  const name = HEADS[y.op.name]
  // A Softmax over all classes of a picture; one over something else is part of the network.
  const classes = Math.abs(size(scores.shape))
  const whole = y.op.name === 'sigmoid' || y.shape[y.shape.length - 1] === classes
  if (!name || !whole) return { logits: scores, removed: null }
  return { logits: substitute([scores], new Map([[y, y.inputs[0]]]))[0], removed: name }
}

/** One row of scores a picture. */
function ordered(y: Tensor, batch: number): Tensor {
  const count = size(y.shape) / batch
  const at = batch === 1 ? 0 : y.shape.findIndex(d => d < 0)
  const classes = y.shape.filter((d, i) => i !== at && d !== 1)
  if (!(count >= 1) || classes.length > 1 || !Number.isInteger(count)) throw noScores(y.shape)
  if (count === 1)
    throw new AdvxError(
      'model',
      'The model has one output a picture; advx needs a score for each of two classes or more.',
    )
  const front = at > 0 ? transpose(y, [at, ...[...y.shape.keys()].filter(i => i !== at)]) : y
  return reshape(front, [batch, count])
}

const noScores = (shape: Shape): AdvxError =>
  new AdvxError(
    'model',
    `Expected the scores of an image classifier, [N, classes], but the output is [${show(shape)}].`,
  )
