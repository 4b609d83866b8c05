import { f } from '../../case.ts'
import type { Block, Blocks, RandomNet, Value } from '../random-net.ts'

/** A shape that stretches to that of x. */
const stretching = (net: RandomNet, { shape }: Value): number[] => {
  const dims = shape.map(d => (net.chance(0.5) ? d : 1))
  return net.among([dims, dims.slice(net.whole(0, 3)), [1, ...dims]])
}

const withConstant =
  (type: string, mean = 0, deviation = 0.7): Block =>
  (net, x) => {
    const w = net.weight(stretching(net, x), deviation, mean)
    return net.add(type, net.chance(0.5) ? [x, w] : [w, x], x.shape)
  }

const unary =
  (type: string): Block =>
  (net, x) =>
    net.add(type, [x], x.shape)

/** Values above 0: |x| + c. */
const positive = (net: RandomNet, x: Value): Value =>
  net.add('Add', [net.add(net.among(['Abs', 'Softplus']), [x], x.shape), net.scalar(net.number(0.3, 1.5))], x.shape)

const ofPositive =
  (type: string): Block =>
  (net, x) =>
    net.add(type, [positive(net, x)], x.shape)

export const ARITHMETIC: Blocks = {
  add: withConstant('Add'),
  subtract: withConstant('Sub'),
  multiply: withConstant('Mul', 1),
  maximum: withConstant('Max'),
  minimum: withConstant('Min'),
  sum: withConstant('Sum'),
  mean: withConstant('Mean'),
  negate: unary('Neg'),
  absolute: unary('Abs'),
  sine: unary('Sin'),
  cosine: unary('Cos'),
  arctangent: unary('Atan'),
  areaSine: unary('Asinh'),
  logarithm: ofPositive('Log'),
  root: ofPositive('Sqrt'),
  reciprocal: ofPositive('Reciprocal'),
  exponential: (net, x) => net.add('Exp', [net.add('Tanh', [x], x.shape)], x.shape),
  divideByConstant: (net, x) => net.add('Div', [x, net.between(stretching(net, x), 0.5, 2)], x.shape),
  divideByValues: (net, x) => net.add('Div', [x, positive(net, x)], x.shape),

  power(net, x) {
    const exponent = net.among([2, 3, 1, 0.5, 1.5, -1])
    const base = exponent === 2 || exponent === 3 ? net.add('Tanh', [x], x.shape) : positive(net, x)
    return net.add('Pow', [base, net.scalar(exponent)], x.shape)
  },

  /** max(x, c) or min(x, c) as a choice: without a jump. */
  choose(net, x) {
    const w = net.weight(stretching(net, x).slice(-3), 0.5)
    const mask = net.add(net.among(['Greater', 'Less']), [x, w], x.shape)
    return net.add('Where', [mask, x, w], x.shape)
  },

  residual(net, x) {
    const [c] = x.shape
    const w = net.weight([c, c, 3, 3], 1 / Math.sqrt(9 * c))
    const y = net.add('Conv', [x, w], x.shape, { pads: [1, 1, 1, 1] })
    const z = net.add(net.among(['Relu', 'Tanh', 'Elu']), [y], x.shape)
    return net.add(net.among(['Add', 'Sub', 'Max', 'Sum']), net.chance(0.5) ? [x, z] : [z, x], x.shape)
  },

  gate(net, x) {
    const [c] = x.shape
    const y = net.add('Conv', [x, net.weight([c, c, 1, 1], 1 / Math.sqrt(c))], x.shape)
    return net.add('Mul', [x, net.add('Sigmoid', [y], x.shape)], x.shape)
  },

  /** Against the mean or another figure along some axes. */
  centre(net, x) {
    const axes = net.among([[1], [2], [3], [2, 3], [1, 2, 3], [-1], [1, -1]])
    const type = net.among(
      ['Mean', 'Max', 'Min', 'Sum', 'L1', 'L2', 'LogSumExp', 'SumSquare'].map(name => `Reduce${name}`),
    )
    const { inputs, attributes } = net.axes(axes, type === 'ReduceSum' ? 13 : 18)
    const kept = x.shape.map((d, i) => (axes.some(a => a === i + 1 || a === i - 3) ? 1 : d))
    const y = net.add(type, [x, ...inputs], kept, { ...attributes, keepdims: 1 })
    return net.add('Sub', [x, net.add('Mul', [y, net.scalar(0.1)], kept)], x.shape)
  },

  dropout: (net, x) => net.add('Dropout', [x], x.shape, net.opset < 12 ? { ratio: f(0.3) } : {}),
  identity: unary('Identity'),
}
