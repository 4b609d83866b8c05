import { ShapeError } from '../../../errors.ts'
import { transposed } from '../../../ops/matmul.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { channelsFirst, type Layout, overPictures } from '../channels-last.ts'
import { EINSUMS } from '../operators/einsum.ts'
import { MATRICES } from '../operators/matrix.ts'
import { affine, NORMALIZATIONS } from '../operators/normalization.ts'
import { fusedBehind } from './convolution.ts'

/** Either factor may come transposed, as the attributes say that end so. */
const product =
  (prefix: 'transpose' | 'adj', ends: readonly [string, string]): ((call: Call) => Tensor) =>
  call => {
    const factor = (i: number): Tensor =>
      call.int(`${prefix}_${ends[i]}`, 0) ? transposed(call.tensor(i)) : call.tensor(i)
    return MATRICES.MatMul(call.as({ inputs: [factor(0), factor(1)] })) as Tensor
  }

const matrices = product('transpose', ['a', 'b'])
const stacks = product('adj', ['x', 'y'])

/** By running figures: (x − mean) / √(variance + ε) · scale + offset, for each channel. */
const batchNormalized: Operator = call => {
  if (call.int('is_training', 0))
    throw new ShapeError('It normalises by the batch itself: convert the model for inference.')
  const x = call.tensor(0)
  const layout: Layout = call.text('data_format', 'NHWC') === 'NCHW' ? 'first' : 'last'
  const channels = channelsFirst(x, layout).shape[1]
  const figures = [1, 2, 3, 4].map(i => call.tensor(i))
  if (figures.some(({ shape }) => shape.length !== 1 || shape[0] !== channels))
    throw new ShapeError(`Its figures are not ${channels} numbers each, one a channel.`)
  const epsilon = call.float('epsilon', 1e-3)
  if (layout === 'first') return NORMALIZATIONS.BatchNormalization(call)
  const { factor, offset } = affine(figures, epsilon)
  return x.mul(factor).add(offset)
}

const alongLast =
  (operator: Operator): Operator =>
  call =>
    operator(call.as({ inputs: [call.value(0)], attributes: { axis: { kind: 'int', value: -1 } } }))

/** x / (bias + alpha · Σ x²)^beta over the channels at most `depth_radius` away; in ONNX alpha is divided by their number. */
const localResponse: Operator = call =>
  overPictures(call.tensor(0), 'last', x => {
    const size = 2 * call.int('depth_radius', 5) + 1
    const alpha = call.float('alpha', 1) * size
    const attributes = {
      size: { kind: 'int', value: size },
      alpha: { kind: 'float', value: alpha },
      beta: { kind: 'float', value: call.float('beta', 0.5) },
      bias: { kind: 'float', value: call.float('bias', 1) },
    } as const
    return NORMALIZATIONS.LRN(call.as({ inputs: [x], attributes })) as Tensor
  })

export const TF_MATRICES: Operators = {
  MatMul: matrices,
  _FusedMatMul: call => fusedBehind(call, matrices(call)),
  BatchMatMul: stacks,
  BatchMatMulV2: stacks,
  Einsum: EINSUMS.Einsum,
  FusedBatchNorm: batchNormalized,
  FusedBatchNormV2: batchNormalized,
  FusedBatchNormV3: batchNormalized,
  Softmax: alongLast(NORMALIZATIONS.Softmax),
  LogSoftmax: alongLast(NORMALIZATIONS.LogSoftmax),
  LRN: localResponse,
}
