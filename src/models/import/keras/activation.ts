import { AdvxError, expected } from '../../../errors.ts'
import type { OnnxAttribute } from '../../../formats/onnx/schema.ts'
import { clip, exp, relu } from '../../../ops/elementwise.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { ACTIVATIONS, leaky } from '../operators/activation.ts'
import { NORMALIZATIONS } from '../operators/normalization.ts'
import { numberOf, wholeOf } from './settings.ts'

type Activation = (x: Tensor, call: Call) => Tensor

/** An operator of ONNX with numbers as its attributes. */
const onnx =
  (operator: Operator, numbers: Readonly<Record<string, number>> = {}): Activation =>
  (x, call) => {
    const attributes = Object.entries(numbers).map(([name, value]): [string, OnnxAttribute] => [
      name,
      { kind: 'float', value },
    ])
    return operator(call.as({ inputs: [x], attributes: Object.fromEntries(attributes) })) as Tensor
  }

const along =
  (operator: Operator, axis: number): Activation =>
  (x, call) =>
    operator(call.as({ inputs: [x], attributes: { axis: { kind: 'int', value: axis } } })) as Tensor

const gelu =
  (approximate: 'none' | 'tanh'): Activation =>
  (x, call) =>
    ACTIVATIONS.Gelu(
      call.as({ inputs: [x], attributes: { approximate: { kind: 'string', value: approximate } } }),
    ) as Tensor

const swish = onnx(ACTIVATIONS.Swish, { alpha: 1 })

/** https://keras.io/api/layers/activations/, those that TensorFlow.js has too */
const BY_NAME: Readonly<Record<string, Activation>> = {
  linear: x => x,
  relu,
  relu6: x => clip(x, 0, 6),
  elu: onnx(ACTIVATIONS.Elu, { alpha: 1 }),
  selu: onnx(ACTIVATIONS.Selu),
  sigmoid: onnx(ACTIVATIONS.Sigmoid),
  hard_sigmoid: onnx(ACTIVATIONS.HardSigmoid, { alpha: 0.2, beta: 0.5 }),
  tanh: onnx(ACTIVATIONS.Tanh),
  softplus: onnx(ACTIVATIONS.Softplus),
  softsign: onnx(ACTIVATIONS.Softsign),
  softmax: along(NORMALIZATIONS.Softmax, -1),
  log_softmax: along(NORMALIZATIONS.LogSoftmax, -1),
  swish,
  silu: swish,
  mish: onnx(ACTIVATIONS.Mish),
  gelu: gelu('none'),
  gelu_new: gelu('tanh'),
  exponential: x => exp(x),
}
// The names that tfjs-layers itself writes.
const SPELLINGS: Readonly<Record<string, string>> = { hardSigmoid: 'hard_sigmoid', logSoftmax: 'log_softmax' }

/** What a layer computes, behind the activation that its setting names. */
export function activated(call: Call, y: Tensor): Tensor {
  const said = call.text('activation', 'linear')
  const name = Object.hasOwn(SPELLINGS, said) ? SPELLINGS[said] : said
  if (Object.hasOwn(BY_NAME, name)) return BY_NAME[name](y, call)
  throw new AdvxError('model', `The activation '${said}' is not known. Known are: ${Object.keys(BY_NAME).join(', ')}.`)
}

/** x from the threshold 0 on, up to max_value; negative_slope · x below. */
const rectified: Operator = call => {
  const [most, slope] = [numberOf(call, 'max_value', Infinity), numberOf(call, 'negative_slope', 0)]
  const threshold = numberOf(call, 'threshold', 0)
  if (threshold !== 0) throw expected('model', '0', "its setting 'threshold'", threshold)
  const x = call.tensor(0)
  if (slope === 0) return most === Infinity ? relu(x) : clip(x, 0, most)
  return most === Infinity ? leaky(x, slope) : clip(leaky(x, slope), -Infinity, most)
}

export const KERAS_ACTIVATIONS: Operators = {
  Activation: call => activated(call, call.tensor(0)),
  ReLU: rectified,
  LeakyReLU: call => leaky(call.tensor(0), numberOf(call, 'alpha', numberOf(call, 'negative_slope', 0.3))), // in Keras 3
  PReLU: call => leaky(call.tensor(0), call.tensor(1)),
  ELU: call => onnx(ACTIVATIONS.Elu, { alpha: numberOf(call, 'alpha', 1) })(call.tensor(0), call),
  ThresholdedReLU: call =>
    onnx(ACTIVATIONS.ThresholdedRelu, { alpha: numberOf(call, 'theta', 1) })(call.tensor(0), call),
  Softmax: call => along(NORMALIZATIONS.Softmax, wholeOf(call, 'axis', [-1])[0])(call.tensor(0), call),
}
