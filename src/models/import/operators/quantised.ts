import { elementName } from '../../../formats/onnx/element.ts'
import { neg, positive } from '../../../ops/elementwise.ts'
import { held, quantise } from '../../../ops/quantize.ts'
import { reshape } from '../../../ops/shape.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import {
  centred,
  demandWhole,
  dequantised,
  type Grid,
  gridAt,
  quantised,
  rangeAt,
  rangeOf,
  zeroAt,
} from '../quantisation.ts'
import type { Value } from '../value.ts'
import { CONVOLUTIONS } from './convolution.ts'
import { MATRICES } from './matrix.ts'

/** Real numbers as those of 8 or 16 bits; the zero point's type, or output_dtype, says which. */
const quantizeLinear: Operator = call => {
  demandWhole(call)
  const x = call.tensor(0)
  const type = call.int('output_dtype', 0)
  const range = call.has(2) ? rangeAt(call, 2) : rangeOf(type === 0 ? 'uint8' : elementName(type))
  if (call.live) call.setting.notes.add('quantised')
  return quantised(x, gridAt(call, 1, x.shape, call.int('axis', 1)), range)
}

const dequantizeLinear: Operator = call => {
  demandWhole(call)
  const x = call.tensor(0)
  return dequantised(x, gridAt(call, 1, x.shape, call.int('axis', 1)))
}

/**
 * To 0..255 by the least and the largest number of each picture and 0. Scale and zero point, its further results, are
 * [N, 1, …] here and without a gradient.
 */
const dynamicQuantizeLinear: Operator = call => {
  const x = call.tensor(0)
  const { q, scale, zero } = dynamic(call, x)
  return [q, scale, zero]
}

export function dynamic(call: Call, x: Tensor): { q: Tensor; scale: Tensor; zero: Tensor } {
  call.setting.notes.add('quantised')
  call.setting.notes.add('dynamic')
  const axes = [...x.shape.keys()].filter(i => x.shape[i] > 0)
  const [top, bottom] = [positivePart(x.max(axes)), positivePart(neg(x).max(axes))] // largest, and minus the least
  const span = top.add(bottom)
  const scale = held(span.div(255).add(positive(span).mul(-1).add(1))) // 1 where all is 0
  const zero = held(quantise(bottom.div(scale), 0, 255))
  return { q: quantised(x, { scale, zero }, [0, 255]), scale, zero }
}

const positivePart = (x: Tensor): Tensor => x.mul(positive(x))

/** The sum of products that a quantised convolution makes of whole numbers. */
function convolved(call: Call, [x, xZero]: Pair, [w, wZero]: Pair, bias?: Value): Tensor {
  const inputs = [centred(x, xZero), centred(w, wZero), bias]
  return CONVOLUTIONS.Conv(call.as({ inputs })) as Tensor
}
type Pair = readonly [numbers: Tensor, zero: Tensor | null]

export const product = (call: Call, [a, aZero]: Pair, [b, bZero]: Pair): Tensor =>
  MATRICES.MatMul(call.as({ inputs: [centred(a, aZero), centred(b, bZero)] })) as Tensor

export const pairAt = (call: Call, i: number, zero: number, axis: number): Pair => {
  const numbers = call.tensor(i)
  return [numbers, zeroAt(call, zero, numbers.shape, axis)]
}

const convInteger: Operator = call => convolved(call, pairAt(call, 0, 2, 1), pairAt(call, 1, 3, 0))
const matMulInteger: Operator = call => product(call, pairAt(call, 0, 2, -2), pairAt(call, 1, 3, -1))

/**
 * Whole numbers that stand for themselves times `scale`, on the grid of inputs `i` and i + 1. Divided, not multiplied:
 * the sums stay whole until they are rounded, as a factor would not when it is taken into the weights.
 */
export function rescaled(call: Call, sums: Tensor, scale: Tensor, i: number): Tensor {
  call.setting.notes.add('quantised')
  const own = gridAt(call, i, sums.shape, 1)
  return quantised(sums, { ...own, scale: own.scale.div(scale) }, rangeAt(call, i + 1))
}

const qLinearConv: Operator = call => {
  const [x, w] = [call.tensor(0), call.tensor(3)]
  const [ofX, ofW] = [gridAt(call, 1, x.shape, 1), gridAt(call, 4, w.shape, 0)]
  const sums = convolved(call, [x, ofX.zero], [w, ofW.zero], call.has(8) ? call.value(8) : undefined)
  return rescaled(call, sums, ofX.scale.mul(perOutput(ofW, w)), 6)
}

/** A scale for each output channel, [O, 1, 1, 1] beside the weights, beside the result. */
const perOutput = ({ scale }: Grid, w: Tensor): Tensor =>
  scale.shape.length === w.shape.length ? reshape(scale, scale.shape.slice(0, -1)) : scale

const qLinearMatMul: Operator = call => {
  const [a, b] = [call.tensor(0), call.tensor(3)]
  const [ofA, ofB] = [gridAt(call, 1, a.shape, -2), gridAt(call, 4, b.shape, -1)]
  const sums = product(call, [a, ofA.zero], [b, ofB.zero])
  return rescaled(call, sums, ofA.scale.mul(ofB.scale), 6)
}

export const QUANTISED: Operators = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  ConvInteger: convInteger,
  MatMulInteger: matMulInteger,
  QLinearConv: qLinearConv,
  QLinearMatMul: qLinearMatMul,
}
