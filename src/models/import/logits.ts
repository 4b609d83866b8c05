import { AdvxError } from '../../errors.ts'
import { substitute } from '../../graph.ts'
import { reshape, transpose } from '../../ops/shape.ts'
import { type Shape, show, size } from '../../shape.ts'
import { constant, dataOf, isConstant, type Tensor } from '../../tensor.ts'

/** What turns logits into probabilities at the end of a network, and what it is called in ONNX. */
const HEADS: Readonly<Record<string, string>> = { softmax: 'Softmax', logSoftmax: 'LogSoftmax', sigmoid: 'Sigmoid' }

/** What only moves elements. */
const MOVES = new Set(['reshape', 'transpose', 'asBatch'])

export interface Logits {
  /** [N, K], K of at least 2. */
  readonly logits: Tensor
  /** What was done to the output, as sentences. */
  readonly notes: readonly string[]
}

/**
 * The logits behind a model's output, whatever unit axes it has. A Softmax at the end (also before a Reshape) is taken
 * away, because its gradient vanishes where the model is sure. One number a picture is the logit of the second of two
 * classes, a Sigmoid's argument where one ends the network. `batch` is N or 1.
 */
export function logitsOf(output: Tensor, batch: number): Logits {
  const scores = ordered(output, batch)
  const count = scores.shape[1]
  const head = headOf(output, count)
  if (head && count === 1 && !head.name.startsWith('Sigmoid'))
    throw new AdvxError(
      'model',
      `The model has one output a picture, a ${head.name} of one number: it is always the same.`,
    )
  const logits = head ? substitute([scores], new Map([[head.at, head.argument]]))[0] : scores
  const removed = head
    ? [`The ${head.name} at the end ${/ and /.test(head.name) ? 'were' : 'was'} taken away: attacks work on logits.`]
    : []
  if (count > 1) return { logits, notes: removed }
  const what = head ? "the Sigmoid's argument z" : 'it'
  return {
    logits: logits.matmul(constant(Float32Array.of(0, 1), [1, 2])),
    notes: [
      ...removed,
      `The model has one output a picture; ${what} is taken as the logit of class 1 beside a 0 for class 0, so that class 1 begins at ${head ? 'z = 0' : '0'}.`,
    ],
  }
}

interface Head {
  /** In ONNX, for people. */
  readonly name: string
  /** What its argument takes the place of: itself, or what only rounds it or takes its logarithm. */
  readonly at: Tensor
  readonly argument: Tensor
}

/** What turns logits into the output: over all classes of a picture, since one over something else is part of the network. */
function headOf(output: Tensor, classes: number): Head | null {
  const at = behindMoves(output)
  const rounded = unrounded(at)
  const last = behindMoves(rounded ?? (at.op.name === 'log' ? at.inputs[0] : at))
  const name = HEADS[last.op.name]
  if (!name || (at.op.name === 'log' && name !== 'Softmax')) return null
  const whole = name === 'Sigmoid' || last.shape[last.shape.length - 1] === classes
  if (!whole) return null
  const [z] = last.inputs
  if (last === at) return { name, at, argument: z }
  const inner = rounded ?? at.inputs[0]
  const [argument] = substitute([inner], new Map([[last, z]]))
  return { name: rounded ? `${name} and the rounding behind it` : 'Log of Softmax', at, argument }
}

function behindMoves(t: Tensor): Tensor {
  let source = t
  while (MOVES.has(source.op.name)) source = source.inputs[0]
  return source
}

/** What a tensor is the rounded form of, where it is one: round(x / s) · s. */
function unrounded({ op, inputs: [levels, s] }: Tensor): Tensor | null {
  if (op.name !== 'mul' || !isConstant(s)) return null
  const rounding = behindMoves(levels)
  const quotient = rounding.op.name === 'quantise' ? rounding.inputs[0] : null
  if (quotient?.op.name !== 'div') return null
  const [x, divisor] = quotient.inputs
  const same = isConstant(divisor) && dataOf(s).length === 1 && dataOf(divisor)[0] === dataOf(s)[0]
  return same ? substitute([levels], new Map([[rounding, x]]))[0] : null
}

/** One row of scores a picture. */
function ordered(y: Tensor, batch: number): Tensor {
  const count = size(y.shape) / batch
  const at = batch === 1 ? 0 : y.shape.findIndex(d => d < 0)
  const classes = y.shape.filter((d, i) => i !== at && d !== 1)
  if (!(count >= 1) || classes.length > 1 || !Number.isInteger(count)) throw noScores(y.shape)
  const front = at > 0 ? transpose(y, [at, ...[...y.shape.keys()].filter(i => i !== at)]) : y
  return reshape(front, [batch, count])
}

const noScores = (shape: Shape): AdvxError =>
  new AdvxError(
    'model',
    `Expected the scores of an image classifier, [N, classes], but the output is [${show(shape)}].`,
  )
