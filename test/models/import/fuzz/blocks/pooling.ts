import type { Blocks, RandomNet } from '../random-net.ts'
import { walkOver } from './windows.ts'

/** ONNX Runtime joins a Pad with the pooling behind it, and then refuses pads as wide as the kernel. */
const followsPad = (net: RandomNet): boolean => net.nodes.at(-1)?.type === 'Pad'

export const POOLINGS: Blocks = {
  maxPool(net, x) {
    if (followsPad(net)) return null
    const { kernel, attributes, places } = walkOver(net, x.shape.slice(1), { dilates: net.opset >= 10, pool: true })
    return net.add('MaxPool', [x], [x.shape[0], ...places], { ...attributes, kernel_shape: kernel })
  },

  averagePool(net, x) {
    if (followsPad(net)) return null
    const { kernel, attributes, places } = walkOver(net, x.shape.slice(1), { dilates: net.opset >= 19, pool: true })
    const counts = net.chance(0.5) ? { count_include_pad: net.whole(0, 1) } : {}
    return net.add('AveragePool', [x], [x.shape[0], ...places], { ...attributes, kernel_shape: kernel, ...counts })
  },

  /** Of values that are not 0, where the norm has a kink. */
  powerPool(net, x) {
    const { kernel, attributes, places } = walkOver(net, x.shape.slice(1), { dilates: false, pool: true })
    if (net.opset < 18 && 'ceil_mode' in attributes) return null
    const positive = net.add('Add', [net.add('Sigmoid', [x], x.shape), net.scalar(0.2)], x.shape)
    const p = net.among([1, 2, 3])
    return net.add('LpPool', [positive], [x.shape[0], ...places], { ...attributes, kernel_shape: kernel, p })
  },

  /** As in squeeze and excitation: each channel weighed by what is seen in all of them. */
  squeezeAndExcite(net, x) {
    const [c] = x.shape
    const pooled = net.add(net.among(['GlobalAveragePool', 'GlobalMaxPool']), [x], [c, 1, 1])
    const w = net.weight([c, c, 1, 1], 1 / Math.sqrt(c))
    const gate = net.add(net.among(['Sigmoid', 'HardSigmoid']), [net.add('Conv', [pooled, w], [c, 1, 1])], [c, 1, 1])
    return net.add('Mul', net.chance(0.5) ? [x, gate] : [gate, x], x.shape)
  },
}
