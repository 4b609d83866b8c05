import { AdvxError } from '../../../errors.ts'
import type { OnnxAttribute } from '../../../formats/onnx/schema.ts'
import { sigmoid } from '../../../ops/elementwise.ts'
import { transposed } from '../../../ops/matmul.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { ACTIVATIONS } from './activation.ts'
import { CONVOLUTIONS } from './convolution.ts'
import { MATRICES } from './matrix.ts'
import { STANDARDIZATIONS } from './standardization.ts'

// What ONNX Runtime's optimiser makes of several operators:
// https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md

/** The attributes of activations in the order in which their numbers are listed. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  Relu: [],
  Tanh: [],
  Sigmoid: [],
  LeakyRelu: ['alpha'],
  HardSigmoid: ['alpha', 'beta'],
  Clip: ['min', 'max'],
}

/** The activation that a node's attribute names, `values` being its numbers. */
function activated(call: Call, y: Tensor, values: readonly number[]): Tensor {
  const name = call.text('activation', '')
  if (name === '') return y
  const parameters = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined
  if (!parameters) throw new AdvxError('model', `The activation '${name}' that it ends with is not known.`)
  const attributes = parameters.flatMap((parameter, i): [string, OnnxAttribute][] =>
    values[i] === undefined ? [] : [[parameter, { kind: 'float', value: values[i] }]],
  )
  // Before opset 11 the limits of Clip are attributes.
  return ACTIVATIONS[name](call.as({ inputs: [y], attributes: Object.fromEntries(attributes), opset: 10 })) as Tensor
}

/** A convolution, plus input 4, behind an activation. */
const convolution: Operator = call => {
  const y = CONVOLUTIONS.Conv(call) as Tensor
  return activated(call, call.has(3) ? y.add(call.tensor(3)) : y, call.floats('activation_params', []))
}

const gemm: Operator = call => {
  const values = ['alpha', 'beta'].flatMap(name => {
    const full = `activation_${name}`
    return call.node.attributes.has(full) ? [call.float(full)] : []
  })
  return activated(call, MATRICES.Gemm(call) as Tensor, values)
}

/** alpha · A·B, where the matrices of A and B may come transposed. */
const product: Operator = call => {
  if (call.int('transBatchA', 0) || call.int('transBatchB', 0))
    throw new AdvxError(
      'model',
      'Stacks of matrices whose first axes are turned (transBatchA, transBatchB) are not known.',
    )
  const factor = (i: number, name: string): Tensor => {
    const x = call.tensor(i)
    return call.int(name, 0) && x.shape.length > 1 ? transposed(x) : x
  }
  const inputs = [factor(0, 'transA'), factor(1, 'transB')]
  return (MATRICES.MatMul(call.as({ inputs })) as Tensor).mul(call.float('alpha', 1))
}

/** The inputs that there are, added. */
const sumOf = (call: Call, ...places: readonly number[]): Tensor =>
  places
    .filter(i => call.has(i))
    .map(i => call.tensor(i))
    .reduce((a, b) => a.add(b))

const gelu =
  (approximate: 'none' | 'tanh'): Operator =>
  call => {
    const attributes: Record<string, OnnxAttribute> = { approximate: { kind: 'string', value: approximate } }
    return ACTIVATIONS.Gelu(call.as({ inputs: [sumOf(call, 0, 1)], attributes }))
  }

const quickGelu: Operator = call => {
  const x = call.tensor(0)
  return x.mul(sigmoid(x.mul(call.float('alpha', 1.702))))
}

/** Input and skip, and a bias at `bias`, added and then normalised; the sum is result 4. */
const skipped =
  (normalised: Operator, bias: number): Operator =>
  call => {
    const sum = sumOf(call, 0, 1, bias)
    const shift = bias === 4 && call.has(3) ? [call.tensor(3)] : []
    const attributes: Record<string, OnnxAttribute> = {
      axis: { kind: 'int', value: -1 },
      epsilon: { kind: 'float', value: call.float('epsilon', 1e-12) },
    }
    const [y] = [normalised(call.as({ inputs: [sum, call.tensor(2), ...shift], attributes }))].flat()
    return [y, undefined, undefined, sum]
  }

export const FUSED: Operators = {
  FusedConv: convolution,
  FusedGemm: gemm,
  FusedMatMul: product,
  TransposeMatMul: product,
  Gelu: gelu('none'),
  BiasGelu: gelu('none'),
  FastGelu: gelu('tanh'),
  QuickGelu: quickGelu,
  BiasAdd: call => sumOf(call, 0, 1, 2),
  SkipLayerNormalization: skipped(STANDARDIZATIONS.LayerNormalization, 4),
  SkipSimplifiedLayerNormalization: skipped(STANDARDIZATIONS.RMSNormalization, 3),
}

/** ONNX Runtime has this one among the operators of ai.onnx. */
export const UNNAMED: Operators = { SimplifiedLayerNormalization: STANDARDIZATIONS.RMSNormalization }
