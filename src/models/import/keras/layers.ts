import { ShapeError } from '../../../errors.ts'
import { maximum, minimum, sqrt } from '../../../ops/elementwise.ts'
import { reshape, transpose } from '../../../ops/shape.ts'
import { concat } from '../../../ops/slice.ts'
import { show } from '../../../shape.ts'
import { constant, type Tensor } from '../../../tensor.ts'
import { axesOf, axisOf, demandNoBatch } from '../axes.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { affine } from '../operators/normalization.ts'
import { layoutOf, numberOf, wholeOf } from './settings.ts'

/** Inputs combined two by two; one with fewer axes gets axes behind the batch. */
const merged =
  (f: (a: Tensor, b: Tensor) => Tensor): Operator =>
  call => {
    const tensors = call.values().map((_, i) => call.tensor(i))
    const rank = Math.max(...tensors.map(({ shape }) => shape.length))
    return tensors.map(t => reshape(t, spread(t.shape, rank))).reduce(f)
  }

const spread = (shape: readonly number[], rank: number): number[] => [
  ...shape.slice(0, 1),
  ...new Array<number>(rank - shape.length).fill(1),
  ...shape.slice(1),
]

const sum = (a: Tensor, b: Tensor): Tensor => a.add(b)

const joined: Operator = call => {
  const tensors = call.values().map((_, i) => call.tensor(i))
  const axis = axisOf(wholeOf(call, 'axis', [-1])[0], tensors[0].shape.length)
  demandNoBatch(tensors[0].shape, [axis], 'joins along')
  return concat(tensors, axis)
}

/** The figures of input `i` beside the axis that they are for; `absent` where the layer does without. */
function figures(call: Call, i: number, length: number, absent: number): Tensor {
  const values = call.has(i) ? call.tensor(i) : constant(absent, [length])
  if (values.shape.length === 1 && values.shape[0] === length) return values
  throw new ShapeError(`[${show(values.shape)}] are no ${length} numbers.`)
}

const batchNormalized: Operator = call => {
  const x = call.tensor(0)
  const axis = axisOf(wholeOf(call, 'axis', [-1])[0], x.shape.length)
  demandNoBatch(x.shape, [axis], 'normalises')
  const all = [1, 2, 3, 4].map(i => figures(call, i, x.shape[axis], i === 1 || i === 4 ? 1 : 0))
  const { factor, offset } = affine(all, numberOf(call, 'epsilon', 1e-3))
  const beside = (t: Tensor): Tensor =>
    reshape(
      t,
      x.shape.slice(axis).map((d, i) => (i === 0 ? d : 1)),
    )
  return x.mul(beside(factor)).add(beside(offset))
}

const layerNormalized: Operator = call => {
  const x = call.tensor(0)
  const rank = x.shape.length
  const [axis] = axesOf(wholeOf(call, 'axis', [-1]), rank)
  if (axis !== rank - 1) throw new ShapeError('It normalises along another axis than the last.')
  demandNoBatch(x.shape, [axis], 'normalises')
  const centred = x.sub(x.mean([axis]))
  const deviation = sqrt(
    centred
      .mul(centred)
      .mean([axis])
      .add(numberOf(call, 'epsilon', 1e-3)),
  )
  const [gamma, beta] = [figures(call, 1, x.shape[axis], 1), figures(call, 2, x.shape[axis], 0)]
  return centred.div(deviation).mul(gamma).add(beta)
}

/** All of a picture in one row, channels last. */
const flattened: Operator = call => {
  const x = call.tensor(0)
  const first = layoutOf(call) === 'first' && x.shape.length === 4
  return reshape(first ? transpose(x, [0, 2, 3, 1]) : x, [x.shape[0], 0])
}

const reshaped: Operator = call => {
  const x = call.tensor(0)
  const wanted = wholeOf(call, 'target_shape', [])
  if (wanted.filter(d => d === -1).length > 1 || wanted.some(d => d < -1 || d === 0))
    throw new ShapeError(`[${wanted}] is no shape.`)
  return reshape(x, [x.shape[0], ...wanted.map(d => (d === -1 ? 0 : d))])
}

const permuted: Operator = call => transpose(call.tensor(0), [0, ...wholeOf(call, 'dims', [])])

/** At inference nothing is dropped, and no noise is added. */
const same: Operator = call => call.value(0)

export const KERAS_LAYERS: Operators = {
  InputLayer: same,
  Dropout: same,
  SpatialDropout2D: same,
  GaussianDropout: same,
  GaussianNoise: same,
  AlphaDropout: same,
  ActivityRegularization: same,

  Add: merged(sum),
  Subtract: merged((a, b) => a.sub(b)),
  Multiply: merged((a, b) => a.mul(b)),
  Average: call => (merged(sum)(call) as Tensor).div(call.values().length),
  Maximum: merged(maximum),
  Minimum: merged(minimum),
  Concatenate: joined,

  BatchNormalization: batchNormalized,
  LayerNormalization: layerNormalized,
  Rescaling: call =>
    call
      .tensor(0)
      .mul(numberOf(call, 'scale', 1))
      .add(numberOf(call, 'offset', 0)),

  Flatten: flattened,
  Reshape: reshaped,
  Permute: permuted,
}
