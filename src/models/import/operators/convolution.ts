import { AdvxError, expected, ShapeError } from '../../../errors.ts'
import { toposort } from '../../../graph.ts'
import { type Convolution, conv, convInput } from '../../../ops/conv.ts'
import { reshape } from '../../../ops/shape.ts'
import { show, size } from '../../../shape.ts'
import { isInput, type Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { asPicture, type Pads, padsOf, pairOf, shared, windowsOf } from '../window.ts'

/** A convolution over one axis is one over a picture of height 1. */
interface Parts {
  /** [N, C, H, W] */
  readonly x: Tensor
  readonly w: Tensor
  /** How many of the axes H and W the file has. */
  readonly axes: number
  readonly kernel: readonly number[]
  readonly group: number
}

function partsOf(call: Call): Parts {
  const [x, w] = [call.tensor(0), call.tensor(1)]
  if (toposort([w]).some(isInput))
    throw new AdvxError(
      'model',
      `Its weights [${show(w.shape)}] are computed from the picture: advx convolves with constants.`,
    )
  const axes = x.shape.length - 2
  const [image, kernel] = [asPicture(x, 'convolutions'), asPicture(w, 'convolutions')]
  if (w.shape.length !== x.shape.length)
    throw new ShapeError(`Weights of [${show(w.shape)}] do not fit [${show(x.shape)}].`)
  const own = w.shape.slice(2)
  const said = call.ints('kernel_shape', own)
  if (said.length !== own.length || said.some((d, i) => d !== own[i]))
    throw expected('model', `[${own.join(', ')}], as the weights have it,`, "its attribute 'kernel_shape'", said)
  const group = call.int('group', 1)
  if (!(group >= 1 && x.shape[1] % group === 0))
    throw expected('model', `a divisor of ${x.shape[1]} channels`, "its attribute 'group'", group)
  return { x: image, w: kernel, axes, kernel: kernel.shape.slice(2), group }
}

/** What was computed for height 1, as the file has it. */
const likeFile = (y: Tensor, axes: number): Tensor =>
  axes === 1 ? reshape(y, [...y.shape.slice(0, 2), y.shape[3]]) : y

const convolve: Operator = call => {
  const { x, w, axes, kernel, group } = partsOf(call)
  const { strides, pads, dilations } = windowsOf(call, x.shape.slice(2), kernel, axes)
  const y = conv(x, w, { strides, pads, dilations, group }, call.has(2) ? call.tensor(2) : undefined)
  if (!call.live) call.setting.budget.work(Math.abs(size(y.shape)) * (size(w.shape) / w.shape[0]))
  return likeFile(y, axes)
}

/** The transpose of a convolution. Its weights are [I, O / group, kh, kw]. */
const transposed: Operator = call => {
  const { x, w, axes, kernel, group } = partsOf(call)
  if (w.shape[0] !== x.shape[1]) throw new ShapeError(`Weights of [${show(w.shape)}] do not fit [${show(x.shape)}].`)
  const { pads, spatial, ...window } = spreadOf(call, x.shape.slice(2), kernel, axes)
  call.setting.budget.activation([...x.shape.slice(0, 1), w.shape[1] * group, ...spatial])
  const attrs: Convolution = { ...window, pads, group }
  const y = convInput(x, w, spatial, attrs)
  if (!call.live) call.setting.budget.work(Math.abs(size(x.shape)) * (size(w.shape) / w.shape[0]))
  if (!call.has(2)) return likeFile(y, axes)
  const b = call.tensor(2)
  if (b.shape.length !== 1 || b.shape[0] !== y.shape[1])
    throw new ShapeError(`A bias of [${show(b.shape)}] for ${y.shape[1]} channels.`)
  return likeFile(y.add(reshape(b, [1, b.shape[0], 1, 1])), axes)
}

type Spread = Pick<Convolution, 'strides' | 'dilations' | 'pads'> & { readonly spatial: readonly number[] }

/**
 * The output of a transposed convolution: strides · (length − 1) + output_padding + reach of the kernel, less the pads.
 * With output_shape, or auto_pad SAME (strides · length), the size is given and the pads follow.
 * https://onnx.ai/onnx/operators/onnx__ConvTranspose.html
 */
function spreadOf(call: Call, lengths: readonly number[], kernel: readonly number[], axes: number): Spread {
  const strides = pairOf(call, 'strides', 1, axes)
  const dilations = pairOf(call, 'dilations', 1, axes)
  const said = call.ints('output_padding', new Array<number>(axes).fill(0))
  const more = axes === 1 ? [0, ...said] : said
  if (said.length !== axes || more.some((m, i) => !(m >= 0 && m < Math.max(strides[i], dilations[i]))))
    throw expected('model', `${axes} numbers below the strides`, "its attribute 'output_padding'", said)
  const whole = lengths.map((d, i) => strides[i] * (d - 1) + more[i] + dilations[i] * (kernel[i] - 1) + 1)
  const auto = call.text('auto_pad', 'NOTSET')
  const wanted = wantedShape(call, axes)
  const missing = (lengths: readonly number[]) => (axis: number) => Math.max(0, whole[axis] - lengths[axis])
  if (wanted) {
    if (wanted.some((d, i) => d >= whole[i] + strides[i]))
      throw new ShapeError(`The output [${wanted}] that it wants is larger than what it computes, [${whole}].`)
    const totals = [0, 1].map(missing(wanted))
    return { strides, dilations, spatial: wanted, pads: shared(totals, auto !== 'SAME_UPPER') }
  }
  const same = lengths.map((d, i) => d * strides[i])
  const pads: Pads = padsOf(call, auto, axes, missing(same))
  const spatial = whole.map((d, i) => d - pads[i] - pads[i + 2])
  if (spatial.some(d => d < 1)) throw new ShapeError(`Its pads leave nothing: [${spatial}].`)
  return { strides, dilations, pads, spatial }
}

/** The attribute output_shape, with or without batch and channels before height and width. */
function wantedShape(call: Call, axes: number): readonly number[] | null {
  if (!call.node.attributes.has('output_shape')) return null
  const said = call.ints('output_shape')
  const spatial = said.slice(-axes)
  if (![axes, axes + 2].includes(said.length) || !spatial.every(d => Number.isSafeInteger(d) && d >= 1))
    throw expected('model', `${axes} lengths from 1 on`, "its attribute 'output_shape'", said)
  return axes === 1 ? [1, ...spatial] : spatial
}

export const CONVOLUTIONS: Operators = { Conv: convolve, ConvTranspose: transposed }
