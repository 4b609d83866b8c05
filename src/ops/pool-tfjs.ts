// The poolings as TensorFlow.js has kernels for them, with channels last.
import type { Tensor } from '../tensor.ts'
import { NHWC, type TfjsForm, type TfjsKernels, type TfjsTensor } from './op.ts'
import { type Pooling, shares } from './pool.ts'
import { scatterToMaxima } from './pool-taps.ts'
import { framed, unframed } from './tfjs-window.ts'

const window = (attrs: Tensor['attrs']): Pooling => attrs as unknown as Pooling
const isDilated = ({ dilations }: Pooling): boolean => dilations.some(d => d > 1)
const byKernel = (): null => null

export const maxPoolTfjs: TfjsForm = {
  inputs: [NHWC],
  output: NHWC,
  as: byKernel,
  rule(tf, [map], { shape, attrs }) {
    const pooling = window(attrs)
    const dilated = isDilated(pooling)
    const { x, pad } = framed(tf, map, pooling.kernel, pooling, -Infinity, !dilated)
    if (!dilated) return tf.run('MaxPool', { x }, { filterSize: pooling.kernel, strides: pooling.strides, pad })
    return taps(tf, x, shape, pooling).reduce((a, b) => tf.run('Maximum', { a, b }))
  },
}

export const maxPoolInputTfjs: TfjsForm = {
  inputs: [NHWC, NHWC, NHWC],
  output: NHWC,
  as: ({ inputs: [g, x, y], attrs }, has) =>
    has('MaxPoolGrad') && !isDilated(window(attrs)) ? null : scatterToMaxima(g, x, y, window(attrs)),
  rule(tf, [dy, map, output], { shape, attrs }) {
    const { kernel, strides, ...rest } = window(attrs)
    const { x: input, pad, before } = framed(tf, map, kernel, { strides, ...rest }, -Infinity)
    const whole = tf.run('MaxPoolGrad', { dy, input, output }, { filterSize: kernel, strides, pad })
    return unframed(tf, whole, before, shape)
  },
}

export const averagePoolTfjs: TfjsForm = {
  inputs: [NHWC],
  output: NHWC,
  as: byKernel,
  rule(tf, [map], { shape, attrs }) {
    const pooling = window(attrs)
    const { kernel, strides } = pooling
    const dilated = isDilated(pooling)
    // The kernel leaves the pads of 'same' out of the mean, and counts those that are added here.
    const { x, pad } = framed(tf, map, kernel, pooling, 0, !dilated && !attrs.countPads)
    const places = kernel[0] * kernel[1]
    const mean = dilated
      ? tf.run('Multiply', {
          a: taps(tf, x, shape, pooling).reduce((a, b) => tf.run('Add', { a, b })),
          b: tf.floats([1 / places], []),
        })
      : tf.run('AvgPool', { x }, { filterSize: kernel, strides, pad })
    if (pad === 'same') return mean
    const [n, oh, ow, c] = shape
    const factors = shares([n, c, map.shape[1], map.shape[2]], [n, c, oh, ow], attrs).map(share => share * places)
    if (factors.every(f => Math.abs(f - 1) < 1e-9)) return mean
    return tf.run('Multiply', { a: mean, b: tf.floats(factors, [1, oh, ow, 1]) })
  },
}

/** What lies at each place of the windows over a framed map, one tensor a place. */
function taps(
  tf: TfjsKernels,
  x: TfjsTensor,
  [n, oh, ow, c]: readonly number[],
  { kernel, strides, dilations }: Pooling,
): TfjsTensor[] {
  const masks = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 }
  return Array.from({ length: kernel[0] * kernel[1] }, (_, k) => {
    const top = Math.floor(k / kernel[1]) * dilations[0]
    const left = (k % kernel[1]) * dilations[1]
    const end = [n, top + (oh - 1) * strides[0] + 1, left + (ow - 1) * strides[1] + 1, c]
    return tf.run('StridedSlice', { x }, { begin: [0, top, left, 0], end, strides: [1, ...strides, 1], ...masks })
  })
}
