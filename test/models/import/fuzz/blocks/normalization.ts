import { f } from '../../case.ts'
import { type Block, type Blocks, count } from '../random-net.ts'

/** Values to their share of a whole, and up again to the size of values. */
const share =
  (type: 'Softmax' | 'LogSoftmax'): Block =>
  (net, x) => {
    const axis = net.whole(1, 3)
    const y = net.add(type, [x], x.shape, { axis })
    return type === 'Softmax' ? net.add('Mul', [y, net.scalar(x.shape[axis - 1])], x.shape) : y
  }

export const NORMALIZATIONS: Blocks = {
  batchNormalization(net, x) {
    const [c] = x.shape
    const figures = [net.weight([c], 0.5, 1), net.weight([c], 0.3), net.weight([c], 0.3), net.between([c], 0.3, 2)]
    return net.add('BatchNormalization', [x, ...figures], x.shape, net.chance(0.5) ? { epsilon: f(1e-3) } : {})
  },

  instanceNormalization(net, x) {
    const [c, h, w] = x.shape
    if (h * w < 6) return null
    return net.add('InstanceNormalization', [x, net.weight([c], 0.5, 1), net.weight([c], 0.3)], x.shape, {
      epsilon: f(1e-2),
    })
  },

  layerNormalization(net, x) {
    const axis = net.whole(1, 3)
    const dims = x.shape.slice(axis - 1)
    if (net.opset < 17 || dims.reduce((a, b) => a * b, 1) < 4) return null
    const shift = net.chance(0.6) ? [net.weight(dims, 0.3)] : []
    return net.add('LayerNormalization', [x, net.weight(dims, 0.5, 1), ...shift], x.shape, {
      axis: net.chance(0.5) ? axis : axis - 4,
      epsilon: f(1e-2),
    })
  },

  groupNormalization(net, x) {
    const [c, h, w] = x.shape
    const groups = net.among([1, 2, 3, 4].filter(g => c % g === 0))
    if (net.opset < 18 || (c / groups) * h * w < 6) return null
    const figures = net.opset < 21 ? groups : c
    const [scale, shift] = [net.weight([figures], 0.5, 1), net.weight([figures], 0.3)]
    return net.add('GroupNormalization', [x, scale, shift], x.shape, { num_groups: groups, epsilon: f(1e-2) })
  },

  lpNormalization(net, x) {
    const shifted = net.add('Add', [x, net.scalar(0.3)], x.shape)
    return net.add('LpNormalization', [shifted], x.shape, { axis: net.among([1, 2, 3, -1]), p: net.among([1, 2]) })
  },

  localResponse(net, x) {
    const size = net.among(x.shape[0] > 1 ? [1, 3, 5] : [1, 3]) // ONNX Runtime knows odd ones
    return net.add('LRN', [x], x.shape, { size, alpha: f(net.number(0.01, 0.5)), beta: f(0.75), bias: f(1.5) })
  },

  softmax: share('Softmax'),
  logSoftmax: (net, x) => (count(x) > 400 ? null : share('LogSoftmax')(net, x)),
}
