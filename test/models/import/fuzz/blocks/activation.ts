import { f } from '../../case.ts'
import type { Attributes, Block, Blocks, RandomNet } from '../random-net.ts'

const activation =
  (type: string, attributes: (net: RandomNet) => Attributes = () => ({}), since = 1): Block =>
  (net, x) =>
    net.opset < since ? null : net.add(type, [x], x.shape, attributes(net))

const alpha =
  (lo: number, hi: number) =>
  (net: RandomNet): Attributes =>
    net.chance(0.5) ? { alpha: f(net.number(lo, hi)) } : {}

/** Functions of one value without jumps. ThresholdedRelu has one, and ONNX Runtime's float32 may be on its other side. */
export const ACTIVATIONS: Blocks = {
  relu: activation('Relu'),
  leakyRelu: activation('LeakyRelu', alpha(0, 0.5)),
  elu: activation('Elu', alpha(0.2, 1.5)),
  selu: activation('Selu'),
  celu: activation('Celu', alpha(0.5, 1.5), 12),
  sigmoid: activation('Sigmoid'),
  hardSigmoid: activation('HardSigmoid', net => (net.chance(0.5) ? { alpha: f(0.3), beta: f(0.4) } : {})),
  hardSwish: activation('HardSwish', undefined, 14),
  tanh: activation('Tanh'),
  softplus: activation('Softplus'),
  softsign: activation('Softsign'),
  mish: activation('Mish', undefined, 18),
  gelu: activation('Gelu', net => (net.chance(0.5) ? { approximate: 'tanh' } : {}), 20),
  errorFunction: activation('Erf'),
  swish: (net, x) => net.add('Mul', [x, net.add('Sigmoid', [x], x.shape)], x.shape),

  prelu(net, x) {
    const [c] = x.shape
    const dims = net.among([[c, 1, 1], [1, 1, 1], [1]])
    return net.add('PRelu', [x, net.weight(dims, 0.3)], x.shape)
  },

  clip(net, x) {
    const [lo, hi] = [net.among([0, -1, -0.5]), net.among([6, 1, 0.7])]
    if (net.opset < 11) return net.add('Clip', [x], x.shape, { min: f(lo), max: f(hi) })
    const limits = net.among([[net.scalar(lo)], ['', net.scalar(hi)], [net.scalar(lo), net.scalar(hi)]])
    return net.add('Clip', [x, ...limits], x.shape)
  },
}
