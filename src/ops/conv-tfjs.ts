// The convolutions as TensorFlow.js has kernels for them: dense or of each channel alone, with channels last.
import type { Tensor } from '../tensor.ts'
import { type Convolution, conv, convInput, convWeight } from './conv.ts'
import { convInputAs, convWeightAs } from './conv-transposed.ts'
import { HWIO, NHWC, type TfjsForm, type TfjsKernels, type TfjsTensor } from './op.ts'
import { reshape } from './shape.ts'
import { concat, place, slice } from './slice.ts'
import { framed, isSame, unframed } from './tfjs-window.ts'

const attributes = (attrs: Tensor['attrs']): Convolution => attrs as unknown as Convolution

/** Whether each group is one input channel, of several. */
const isDepthwise = (perGroup: number, group: number): boolean => perGroup === 1 && group > 1

export const convTfjs: TfjsForm = {
  inputs: [NHWC, HWIO, null],
  output: NHWC,
  as({ inputs: [x, w, b], shape, attrs }) {
    const a = attributes(attrs)
    if (a.group > 1 && w.shape[1] > 1) {
      const parts = groupsOf(a.group, [x, 1], [w, 0], ...(b ? [[b, 0] as const] : []))
      return concat(
        parts.map(([x, w, b]) => conv(x, w, { ...a, group: 1 }, b)),
        1,
      )
    }
    // Kernels dilate or take steps, and those of each channel alone do neither unless alike along both axes.
    const dilated = a.dilations.some(d => d > 1)
    if (dilated && (a.group > 1 || a.strides.some(s => s > 1)))
      return conv(x, withHoles(w, a.dilations), { ...a, dilations: [1, 1] }, b)
    if (a.group > 1 && a.strides[0] !== a.strides[1])
      return slice(conv(x, w, { ...a, strides: [1, 1] }, b), [0, 0, 0, 0], shape, [1, 1, ...a.strides])
    return null
  },
  rule(tf, [x, w, b], { attrs }) {
    const { strides, dilations, group, ...a } = attributes(attrs)
    const { x: map, pad } = framed(tf, x, w.shape, { strides, dilations, ...a })
    const common = { strides, pad, dilations, dataFormat: 'NHWC' }
    const y = isDepthwise(w.shape[2], group)
      ? tf.run('DepthwiseConv2dNative', { x: map, filter: byChannel(tf, w, group) }, common)
      : tf.run('Conv2D', { x: map, filter: w }, common)
    return b ? tf.run('Add', { a: y, b }) : y
  },
}

export const convInputTfjs: TfjsForm = {
  inputs: [NHWC, HWIO],
  output: NHWC,
  as({ inputs: [g, w], shape, attrs }, has) {
    const a = attributes(attrs)
    const spatial = shape.slice(2)
    if (a.group > 1 && w.shape[1] > 1)
      return concat(
        groupsOf(a.group, [g, 1], [w, 0]).map(([g, w]) => convInput(g, w, spatial, { ...a, group: 1 })),
        1,
      )
    const alone = a.group > 1
    const served =
      a.strides.some(s => s > 1) &&
      a.dilations.every(d => d === 1) &&
      (!alone || (a.strides[0] === a.strides[1] && has('DepthwiseConv2dNativeBackpropInput')))
    return served ? null : convInputAs(g, w, spatial, a)
  },
  rule(tf, [g, w], { shape, attrs }) {
    const { group, ...window } = attributes(attrs)
    const { strides, pads, dilations } = window
    const same = isSame(shape.slice(1, 3), w.shape, window)
    const [top, left, bottom, right] = same ? [0, 0, 0, 0] : pads
    const inputShape = [shape[0], shape[1] + top + bottom, shape[2] + left + right, shape[3]]
    const common = { strides, pad: same ? 'same' : 'valid', inputShape }
    const x = isDepthwise(w.shape[2], group)
      ? tf.run(
          'DepthwiseConv2dNativeBackpropInput',
          { dy: g, filter: byChannel(tf, w, group) },
          { ...common, dilations },
        )
      : tf.run('Conv2DBackpropInput', { dy: g, filter: w }, { ...common, dataFormat: 'NHWC' })
    return unframed(tf, x, [top, left], shape)
  },
}

export const convWeightTfjs: TfjsForm = {
  inputs: [NHWC, NHWC],
  output: HWIO,
  as({ inputs: [x, g], shape, attrs }, has) {
    const a = attributes(attrs)
    const kernel = shape.slice(2)
    if (isDepthwise(shape[1], a.group)) return byTaps(x, g, kernel, a)
    if (a.group > 1)
      return concat(
        groupsOf(a.group, [x, 1], [g, 1]).map(([x, g]) => convWeight(x, g, kernel, { ...a, group: 1 })),
        0,
      )
    const served = a.dilations.every(d => d === 1) && has('Conv2DBackpropFilter')
    return served ? null : convWeightAs(x, g, kernel, a)
  },
  rule(tf, [x, dy], { shape, attrs }) {
    const { strides, ...a } = attributes(attrs)
    const { x: map, pad } = framed(tf, x, shape, { strides, ...a })
    return tf.run(
      'Conv2DBackpropFilter',
      { x: map, dy },
      { strides, pad, dataFormat: 'NHWC', dimRoundingMode: undefined, filterShape: shape },
    )
  },
}

/** [kh, kw, 1, C·M] → [kh, kw, C, M]. */
const byChannel = (tf: TfjsKernels, w: TfjsTensor, channels: number): TfjsTensor =>
  tf.run('Reshape', { x: w }, { shape: [w.shape[0], w.shape[1], channels, w.shape[3] / channels] })

/** Each group's part of tensors, cut along an axis of each. */
function groupsOf(group: number, ...tensors: readonly (readonly [Tensor, number])[]): Tensor[][] {
  return Array.from({ length: group }, (_, k) =>
    tensors.map(([t, axis]) => {
      const length = t.shape[axis] / group
      return slice(
        t,
        t.shape.map((_, i) => (i === axis ? k * length : 0)),
        t.shape.with(axis, length),
      )
    }),
  )
}

/** A dilated kernel as a larger one with zeros between its taps. */
function withHoles(w: Tensor, [dh, dw]: Convolution['dilations']): Tensor {
  const [o, i, kh, kw] = w.shape
  return place(w, [o, i, dh * (kh - 1) + 1, dw * (kw - 1) + 1], [0, 0, 0, 0], [1, 1, dh, dw])
}

/** w̄[c·M + m, k] = Σₙ Σ_q ȳ[n, c·M + m, q] · x[n, c, s·q + d·k − p], one tap after the other. */
function byTaps(x: Tensor, g: Tensor, [kh, kw]: readonly number[], a: Convolution): Tensor {
  const [n, channels, h, w] = x.shape
  const [, outputs, oh, ow] = g.shape
  const each = reshape(g, [n, channels, outputs / channels, oh, ow])
  const reach = (axis: number, count: number): number => (count - 1) * a.strides[axis] + 1
  const size4 = [
    n,
    channels,
    Math.max(h + a.pads[0], reach(0, oh) + a.dilations[0] * (kh - 1)),
    Math.max(w + a.pads[1], reach(1, ow) + a.dilations[1] * (kw - 1)),
  ]
  const frame = place(x, size4, [0, 0, a.pads[0], a.pads[1]])
  const taps: Tensor[] = []
  for (let ky = 0; ky < kh; ky++)
    for (let kx = 0; kx < kw; kx++) {
      const start = [0, 0, ky * a.dilations[0], kx * a.dilations[1]]
      const seen = slice(frame, start, [n, channels, oh, ow], [1, 1, ...a.strides])
      const products = each.mul(reshape(seen, [n, channels, 1, oh, ow]))
      taps.push(reshape(products.sum([0, 3, 4]), [outputs, 1, 1]))
    }
  return reshape(concat(taps, 2), [outputs, 1, kh, kw])
}
