import { AdvxError, expected } from '../../../errors.ts'
import type { OnnxAttribute } from '../../../formats/onnx/schema.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import {
  convolution,
  deconvolution,
  demandPair,
  depthwise,
  type Layout,
  paddingNamed,
  pool,
  type Walk,
} from '../channels-last.ts'
import { isTensor } from '../value.ts'
import { TF_ELEMENTWISE } from './elementwise.ts'

const layoutOf = (call: Call): Layout => (call.text('data_format', 'NHWC') === 'NCHW' ? 'first' : 'last')

/** Of four numbers, one for each axis, those of height and width. */
function pairOf(call: Call, name: string, absent?: readonly number[]): readonly [number, number] {
  const four = call.ints(name, absent)
  const spatial = layoutOf(call) === 'last' ? four.slice(1, 3) : four.slice(2, 4)
  if (four.length !== 4) throw expected('model', 'four numbers', `its attribute '${name}'`, four)
  return demandPair(spatial, `its attribute '${name}'`)
}

const ONES = [1, 1, 1, 1]

function walkOf(call: Call): Walk {
  const layout = layoutOf(call)
  const padding = call.text('padding')
  return {
    strides: pairOf(call, 'strides'),
    dilations: pairOf(call, 'dilations', ONES),
    padding: padding === 'EXPLICIT' ? explicit(call, layout) : paddingNamed(padding),
    layout,
  }
}

/** Before and after each axis. */
function explicit(call: Call, layout: Layout): Walk['padding'] {
  const pads = call.ints('explicit_paddings')
  const [top, bottom, left, right] = layout === 'last' ? pads.slice(2, 6) : pads.slice(4, 8)
  if (pads.length !== 8 || !pads.every(p => Number.isInteger(p) && p >= 0 && p <= 1024))
    throw expected('model', 'eight numbers from 0 to 1024', "its attribute 'explicit_paddings'", pads)
  return [top, left, bottom, right]
}

type Convolve = typeof convolution

const plain =
  (f: Convolve): Operator =>
  call =>
    f(call, call.tensor(0), call.tensor(1), walkOf(call))

/**
 * y, and what `fused_ops` names behind it: a bias is input 2, and the slope of a Prelu the one behind it.
 * https://github.com/tensorflow/tfjs/blob/master/tfjs-converter/src/operations/executors/convolution_executor.ts
 */
export function fusedBehind(call: Call, y: Tensor): Tensor {
  const names = call.texts('fused_ops', [])
  const biased = names.includes('BiasAdd')
  return names.reduce((x, name) => {
    if (!Object.hasOwn(FUSABLE, name)) throw new AdvxError('model', `The operator '${name}' in it is not known there.`)
    const inputs = name === 'BiasAdd' ? [x, call.value(2)] : name === 'Prelu' ? [x, call.value(biased ? 3 : 2)] : [x]
    const alpha: OnnxAttribute = { kind: 'float', value: call.float('leakyrelu_alpha', 0.2) }
    const result = FUSABLE[name](call.as({ inputs, attributes: name === 'LeakyRelu' ? { alpha } : {} }))
    return [result].flat().find(value => value !== undefined && isTensor(value)) as Tensor
  }, y)
}

const { BiasAdd, Relu, Relu6, Elu, Prelu, LeakyRelu, Sigmoid, Tanh } = TF_ELEMENTWISE
const FUSABLE: Operators = {
  BiasAdd,
  Relu,
  Relu6,
  Elu,
  Prelu,
  LeakyRelu,
  Sigmoid,
  Tanh,
  LinearActivation: call => call.tensor(0),
}

const fused =
  (f: Convolve): Operator =>
  call =>
    fusedBehind(call, f(call, call.tensor(0), call.tensor(1), walkOf(call)))

/** A convolution's transpose: input 0 is the shape of the result, whose batch is that of the pictures. */
const spread: Operator = call => {
  const { data, batch } = call.numbers(0)
  const walk = walkOf(call)
  const axes = walk.layout === 'last' ? [1, 2] : [2, 3]
  if (data.length !== 4 || axes.some(axis => batch?.[axis]))
    throw expected('model', 'the four lengths of pictures', 'its input 1', Array.from(data))
  return deconvolution(
    call,
    call.tensor(2),
    call.tensor(1),
    walk,
    axes.map(axis => data[axis]),
  )
}

const pooling =
  (kind: 'max' | 'average'): Operator =>
  call =>
    pool(call, kind, pairOf(call, 'ksize'), walkOf(call))

export const TF_WINDOWS: Operators = {
  Conv2D: plain(convolution),
  _FusedConv2D: fused(convolution),
  Conv2DBackpropInput: spread,
  DepthwiseConv2dNative: plain(depthwise),
  DepthwiseConv2d: plain(depthwise),
  FusedDepthwiseConv2dNative: fused(depthwise),
  MaxPool: pooling('max'),
  AvgPool: pooling('average'),
}
