import { AdvxError } from '../../errors.ts'
import type { Convolution, Window } from '../../ops/conv.ts'
import { type Pooling, shares } from '../../ops/pool.ts'
import { isSame } from '../../ops/tfjs-window.ts'
import { dataOf, isConstant, type Tensor } from '../../tensor.ts'
import { type Forms, int32, last } from './form.ts'
import { text, turn, type Writer, whole, wholes } from './writer.ts'

interface Pads {
  /** What stands in them. */
  readonly value: number
  /** Whether they are part of the picture, for operators that see where it ends. */
  readonly count?: boolean
}

/** A picture with its pads, if any, and how the window walks over it then. TensorFlow's bindings take no numbers of pads. */
function walked(w: Writer, x: Tensor, kernel: readonly number[], window: Window, { value, count = false }: Pads) {
  const { strides, dilations, pads } = window
  const attributes = (padding: 'SAME' | 'VALID') => ({
    strides: wholes([1, ...strides, 1]),
    dilations: wholes([1, ...dilations, 1]),
    padding: text(padding),
    data_format: text('NHWC'),
  })
  const source = w.value(x, 'last')
  if (pads.every(p => p === 0)) return { source, attributes: attributes('VALID'), padded: false }
  if (!count && isSame(x.shape.slice(2), kernel, window))
    return { source, attributes: attributes('SAME'), padded: false }
  const [top, left, bottom, right] = pads
  const sides = w.ints([0, 0, top, bottom, left, right, 0, 0], [4, 2])
  const tpads = { Tpaddings: int32 }
  const picture =
    value === 0
      ? w.node('Pad', [source, sides], tpads)
      : w.node('PadV2', [source, sides, w.floats(Float32Array.of(value), [])], tpads)
  return { source: picture, attributes: attributes('VALID'), padded: true }
}

/** Below any value of a network. */
const LEAST = -3e38

function writeConv(w: Writer, node: Tensor): string {
  const [x, kernel, bias] = node.inputs
  const attrs = node.attrs as unknown as Convolution
  if (!isConstant(kernel))
    throw new AdvxError('model', 'A convolution by what is computed has no form in TensorFlow.js.')
  const { source, attributes } = walked(w, x, kernel.shape.slice(2), attrs, { value: 0 })
  const channels = x.shape[1]
  let y: string
  if (attrs.group > 1 && attrs.group === channels) {
    const [outputs, , kh, kw] = kernel.shape
    const multiplier = outputs / channels
    const filter = turn(dataOf(kernel), [channels, multiplier, kh, kw], [2, 3, 0, 1])
    y = w.node('DepthwiseConv2dNative', [source, w.floats(filter, [kh, kw, channels, multiplier])], attributes)
  } else {
    y = byGroup(w, source, kernel, attrs.group, (part, filter) => w.node('Conv2D', [part, filter], attributes))
  }
  return bias ? w.node('BiasAdd', [y, w.value(bias, 'own')], { data_format: text('NHWC') }) : y
}

/** `one` for each group: its channels of the source, and its part of the kernel as [kh, kw, inputs, outputs]. */
function byGroup(
  w: Writer,
  source: string,
  kernel: Tensor,
  group: number,
  one: (part: string, filter: string) => string,
): string {
  const [outputs, inputs, kh, kw] = kernel.shape
  const each = outputs / group
  const length = each * inputs * kh * kw
  const parts = group === 1 ? source : w.node('Split', [w.ints([3], []), source], { num_split: whole(group) })
  const results = Array.from({ length: group }, (_, g) => {
    const own = turn(dataOf(kernel).subarray(g * length, (g + 1) * length), [each, inputs, kh, kw], [2, 3, 1, 0])
    return one(g === 0 ? parts : `${parts}:${g}`, w.floats(own, [kh, kw, inputs, each]))
  })
  return group === 1 ? results[0] : w.node('ConcatV2', [...results, w.ints([3], [])], { N: whole(group) })
}

/** What a convolution's transpose gives, pads and all, and then without them. TensorFlow is told its shape, batch and all. */
function writeConvInput(w: Writer, node: Tensor): string {
  const [g, kernel] = node.inputs
  const { strides, dilations, pads, group } = node.attrs as unknown as Convolution
  if (!isConstant(kernel) || dilations.some(d => d !== 1))
    throw new AdvxError(
      'model',
      'A transposed convolution that is dilated, or by what is computed, has no form in TensorFlow.js.',
    )
  const [, channels, height, width] = node.shape
  const [top, left, bottom, right] = pads
  const source = w.value(g, 'last')
  const shape = w.node('Shape', [source], { out_type: int32 })
  const mask = Object.fromEntries(
    ['begin', 'end', 'ellipsis', 'new_axis', 'shrink_axis'].map(m => [`${m}_mask`, whole(0)]),
  )
  const batch = w.node('StridedSlice', [shape, w.ints([0]), w.ints([1]), w.ints([1])], {
    T: int32,
    Index: int32,
    ...mask,
  })
  const sizes = w.ints([height + top + bottom, width + left + right, kernel.shape[1]])
  const lengths = w.node('ConcatV2', [batch, sizes, w.ints([0], [])], { T: int32, Tidx: int32, N: whole(2) })
  const attributes = { strides: wholes([1, ...strides, 1]), padding: text('VALID'), data_format: text('NHWC') }
  const y = byGroup(w, source, kernel, group, (part, filter) =>
    w.node('Conv2DBackpropInput', [lengths, filter, part], attributes),
  )
  if (pads.every(p => p === 0)) return y
  return w.node('Slice', [y, w.ints([0, top, left, 0]), w.ints([-1, height, width, channels])], { Index: int32 })
}

function ksize({ kernel, dilations }: Pooling) {
  if (dilations.some(d => d !== 1)) throw new AdvxError('model', 'A dilated pooling has no form in TensorFlow.js.')
  return wholes([1, ...kernel, 1])
}

function writeMaxPool(w: Writer, { inputs: [x], attrs }: Tensor): string {
  const window = attrs as unknown as Pooling
  const { source, attributes } = walked(w, x, window.kernel, window, { value: LEAST })
  return w.node('MaxPool', [source], { ...attributes, ksize: ksize(window) })
}

/** A mean over pads too, times how much fewer places count where they do not. */
function writeAveragePool(w: Writer, { inputs: [x], attrs, shape }: Tensor): string {
  const window = attrs as unknown as Pooling & { readonly countPads: boolean }
  const { source, attributes, padded } = walked(w, x, window.kernel, window, { value: 0, count: window.countPads })
  const y = w.node('AvgPool', [source], { ...attributes, ksize: ksize(window) })
  if (!padded || window.countPads) return y
  const area = window.kernel[0] * window.kernel[1]
  const factors = shares(x.shape, shape, attrs).map(share => area * share)
  return w.node('Mul', [y, w.floats(Float32Array.from(factors), [1, shape[2], shape[3], 1])])
}

export const WINDOW_FORMS: Forms = {
  conv: { order: last, write: writeConv },
  convInput: { order: last, write: writeConvInput },
  maxPool: { order: last, write: writeMaxPool },
  averagePool: { order: last, write: writeAveragePool },
}
