import { AdvxError, ShapeError } from '../../../errors.ts'
import { add, mul } from '../../../ops/elementwise.ts'
import { transpose } from '../../../ops/shape.ts'
import { concat } from '../../../ops/slice.ts'
import { show } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import { axisOf, demandNoBatch } from '../axes.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { dequantised, gridAt, quantised, rangeAt } from '../quantisation.ts'
import { ACTIVATIONS } from './activation.ts'
import { NORMALIZATIONS } from './normalization.ts'
import { POOLINGS } from './pooling.ts'
import { dynamic, pairAt, product, QUANTISED, rescaled } from './quantised.ts'

// Operators of ONNX Runtime's quantiser: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md

/** The real numbers of input `i`, whose scale and zero point follow it. */
function realAt(call: Call, i: number): Tensor {
  const q = call.tensor(i)
  return dequantised(q, gridAt(call, i + 1, q.shape, 1))
}

/** Real numbers on the grid of inputs `i` and i + 1. */
function onGrid(call: Call, x: Tensor, i: number): Tensor {
  call.setting.notes.add('quantised')
  return quantised(x, gridAt(call, i, x.shape, 1), rangeAt(call, i + 1))
}

/** An operator of ai.onnx between its quantised input and result: X, its grid, the grid of Y. */
const of =
  (operator: Operator, opset?: (call: Call) => number): Operator =>
  call => {
    demandChannelsFirst(call)
    const own = call.as({ inputs: [realAt(call, 0)], ...(opset ? { opset: opset(call) } : {}) })
    return onGrid(call, operator(own) as Tensor, 3)
  }

const between =
  (f: (a: Tensor, b: Tensor) => Tensor): Operator =>
  call =>
    onGrid(call, f(realAt(call, 0), realAt(call, 3)), 6)

function demandChannelsFirst(call: Call): void {
  if (call.int('channels_last', 0) !== 0)
    throw new AdvxError(
      'model',
      'It is laid out for one machine (channels last): use the file from before that optimisation.',
    )
}

/** The grid of Y first, then each X with its own. */
const joined: Operator = call => {
  const count = call.values().length
  if (count < 5 || count % 3 !== 2) throw new ShapeError(`${count} inputs are no list of tensors with their grids.`)
  const parts = Array.from({ length: (count - 2) / 3 }, (_, k) => realAt(call, 2 + 3 * k))
  const axis = axisOf(call.int('axis'), parts[0].shape.length)
  for (const { shape } of parts) {
    if (shape.length !== parts[0].shape.length)
      throw new ShapeError(`Cannot join [${show(parts[0].shape)}] and [${show(shape)}].`)
    demandNoBatch(shape, [axis], 'joins along')
  }
  return onGrid(call, concat(parts, axis), 0)
}

/** alpha · A·B + C of whole numbers; real where no grid of Y is given. */
const gemm: Operator = call => {
  const [a, b] = [call.tensor(0), call.tensor(3)]
  const columns = call.int('transB', 0) ? 0 : 1
  const [ofA, ofB] = [gridAt(call, 1, a.shape, 0), gridAt(call, 4, b.shape, columns)]
  const turned = (x: Tensor, name: string): Tensor => (call.int(name, 0) ? transpose(x, [1, 0]) : x)
  const flat = (x: Tensor | null, name: string): Tensor | null => (x && x.shape.length === 2 ? turned(x, name) : x)
  const sums = product(
    call,
    [turned(a, 'transA'), flat(ofA.zero, 'transA')],
    [turned(b, 'transB'), flat(ofB.zero, 'transB')],
  )
  const all = call.has(6) ? sums.add(call.tensor(6)) : sums
  const scale = ofA.scale.mul(flat(ofB.scale, 'transB')!).mul(call.float('alpha', 1))
  return call.has(7) ? rescaled(call, all, scale, 7) : all.mul(scale)
}

/** A·B of whole numbers as real ones, and a bias: A, B, their scales, their zero points. */
const integerToFloat: Operator = call => {
  const [a, b] = [pairAt(call, 0, 4, -2), pairAt(call, 1, 5, -1)]
  const y = product(call, a, b).mul(call.tensor(2)).mul(call.tensor(3))
  return call.has(6) ? y.add(call.tensor(6)) : y
}

/** The same with real A, which is quantised by its own least and largest number: A, B, B's scale and zero point. */
const dynamicMatMul: Operator = call => {
  const { q, scale, zero } = dynamic(call, call.tensor(0))
  const y = product(call, [q, zero], pairAt(call, 1, 3, -1))
    .mul(scale)
    .mul(call.tensor(2))
  return call.has(4) ? y.add(call.tensor(4)) : y
}

const channelsFirst =
  (operator: Operator): Operator =>
  call => {
    demandChannelsFirst(call)
    return operator(call)
  }

export const QLINEAR: Operators = {
  QuantizeLinear: QUANTISED.QuantizeLinear,
  DequantizeLinear: QUANTISED.DequantizeLinear,
  QLinearConv: channelsFirst(QUANTISED.QLinearConv),
  QLinearAdd: between(add),
  QLinearMul: between(mul),
  QLinearSigmoid: of(ACTIVATIONS.Sigmoid),
  QLinearLeakyRelu: of(ACTIVATIONS.LeakyRelu),
  QLinearAveragePool: of(POOLINGS.AveragePool),
  QLinearGlobalAveragePool: of(POOLINGS.GlobalAveragePool),
  QLinearSoftmax: of(NORMALIZATIONS.Softmax, call => call.int('opset')),
  QLinearConcat: joined,
  QGemm: gemm,
  MatMulIntegerToFloat: integerToFloat,
  DynamicQuantizeMatMul: dynamicMatMul,
}
