import { AdvxError, expected, ShapeError } from '../../errors.ts'
import { conv, convInput, type Window } from '../../ops/conv.ts'
import { averagePool, maxPool, type Pooling } from '../../ops/pool.ts'
import { reshape, transpose } from '../../ops/shape.ts'
import { show, size } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import type { Call } from './call.ts'
import { demandPicture, missingForSame, type Pads, shared } from './window.ts'

/** Where the channels of pictures are: `last` is [N, H, W, C]. */
export type Layout = 'last' | 'first'

/** How a window walks over a picture. Pads by name: `same` makes ⌈length / stride⌉ windows, the odd pad behind. */
export interface Walk {
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  readonly padding: 'same' | 'valid' | Pads
  readonly layout: Layout
}

// Operators of the core take pictures channels first: those here bring them into that order and back. What then
// stands between two of them cancels out (transposes.ts).

export const channelsFirst = (x: Tensor, layout: Layout): Tensor => {
  demandPicture(x.shape, 'pictures')
  return layout === 'last' ? transpose(x, [0, 3, 1, 2]) : x
}

export const asBefore = (y: Tensor, layout: Layout): Tensor => (layout === 'last' ? transpose(y, [0, 2, 3, 1]) : y)

/** An operator over pictures in whatever order, by what it does to them channels first. */
export function overPictures(x: Tensor, layout: Layout, f: (x: Tensor) => Tensor): Tensor {
  return asBefore(f(channelsFirst(x, layout)), layout)
}

/** A convolution by a kernel [h, w, in, out]; of fewer inputs than there are channels, it is one in groups. */
export function convolution(call: Call, picture: Tensor, kernel: Tensor, walk: Walk): Tensor {
  demandKernel(kernel)
  const weights = transpose(kernel, [3, 2, 0, 1])
  return convolved(call, picture, weights, x => x.shape[1] / kernel.shape[2], walk)
}

/** A convolution of each channel by kernels of its own, [h, w, in, multiplier]: its results are next to each other. */
export function depthwise(call: Call, picture: Tensor, kernel: Tensor, walk: Walk): Tensor {
  demandKernel(kernel)
  const [h, w, channels, multiplier] = kernel.shape
  const weights = reshape(transpose(kernel, [2, 3, 0, 1]), [channels * multiplier, 1, h, w])
  return convolved(call, picture, weights, () => channels, walk)
}

/** The transpose of a convolution by a kernel [h, w, out, in], onto pictures of the `spatial` lengths. */
export function deconvolution(
  call: Call,
  picture: Tensor,
  kernel: Tensor,
  walk: Walk,
  spatial: readonly number[],
): Tensor {
  demandKernel(kernel)
  return overPictures(picture, walk.layout, g => {
    const weights = transpose(kernel, [3, 2, 0, 1])
    const [outputs, inputs, h, w] = weights.shape
    const window = windowOf(spatial, [h, w], walk)
    const windows = spatial.map((d, i) => Math.floor(roomOf(d, [h, w], i, window) / walk.strides[i]) + 1)
    if (g.shape[1] !== outputs || windows.some((d, i) => d !== g.shape[2 + i]))
      throw new ShapeError(
        `Weights of [${show(kernel.shape)}] do not spread [${show(g.shape)}] over [${show(spatial)}].`,
      )
    call.setting.budget.activation([g.shape[0], inputs, ...spatial])
    if (!call.live) call.setting.budget.work(Math.abs(size(g.shape)) * inputs * h * w)
    return convInput(g, weights, spatial, { ...window, group: 1 })
  })
}

/** What a window of a kernel leaves of a padded length. */
const roomOf = (length: number, kernel: readonly number[], i: number, { pads, dilations }: Window): number =>
  length + pads[i] + pads[i + 2] - (dilations[i] * (kernel[i] - 1) + 1)

function demandKernel({ shape }: Tensor): void {
  if (shape.length !== 4) throw new ShapeError(`Weights of [${show(shape)}] are no kernel [h, w, in, out].`)
}

function convolved(call: Call, picture: Tensor, weights: Tensor, groups: (x: Tensor) => number, walk: Walk): Tensor {
  return overPictures(picture, walk.layout, x => {
    const group = groups(x)
    if (!(Number.isInteger(group) && group >= 1))
      throw new ShapeError(`Weights of [${show(weights.shape)}] do not fit [${show(x.shape)}].`)
    const y = conv(x, weights, { ...windowOf(x.shape.slice(2), weights.shape.slice(2), walk), group })
    if (!call.live) call.setting.budget.work(Math.abs(size(y.shape)) * (size(weights.shape) / weights.shape[0]))
    return y
  })
}

function windowOf(
  lengths: readonly number[],
  kernel: readonly number[],
  { strides, dilations, padding }: Walk,
): Window {
  const reach = kernel.map((k, axis) => dilations[axis] * (k - 1) + 1)
  const lacks = (axis: number): number => missingForSame(lengths[axis], reach[axis], strides[axis])
  const pads: Pads =
    padding === 'same' ? shared([lacks(0), lacks(1)], false) : padding === 'valid' ? [0, 0, 0, 0] : padding
  return { strides, dilations, pads }
}

/** The largest of each window, or the mean of what of it lies in the picture. */
export const pool = (call: Call, kind: 'max' | 'average', kernel: readonly [number, number], walk: Walk): Tensor =>
  overPictures(call.tensor(0), walk.layout, x => {
    const window: Pooling = { kernel, ...windowOf(x.shape.slice(2), kernel, walk) }
    if (window.pads.some((p, i) => p >= kernel[i % 2]))
      throw new ShapeError(`Pads of [${window.pads}] are windows of their own.`)
    if (!call.live) call.setting.budget.work(Math.abs(size(x.shape)) * kernel[0] * kernel[1])
    const whole = window.pads.every(p => p === 0) && kernel.every((k, i) => k === x.shape[2 + i])
    if (kind === 'max') return whole ? x.max([2, 3]) : maxPool(x, window)
    return whole ? x.mean([2, 3]) : averagePool(x, window)
  })

/** Two numbers from 1 on, for the height and the width. */
export function demandPair(values: readonly number[], what: string): readonly [number, number] {
  if (values.length !== 2 || !values.every(v => Number.isInteger(v) && v >= 1 && v <= LONGEST))
    throw expected('model', `two numbers from 1 to ${LONGEST}`, what, values)
  return [values[0], values[1]]
}
const LONGEST = 1024

/** `same` and `valid`, in whatever letters. */
export function paddingNamed(name: string): 'same' | 'valid' {
  const lower = name.toLowerCase()
  if (lower === 'same' || lower === 'valid') return lower
  throw new AdvxError('model', `Its padding '${name}' is not known.`)
}
