import type { Convolution } from '../../../ops/conv.ts'
import { reshape, transpose } from '../../../ops/shape.ts'
import { place, slice } from '../../../ops/slice.ts'
import { take } from '../../../ops/take.ts'
import type { Tensor } from '../../../tensor.ts'
import { type Blocks, planes } from './blocks.ts'
import { type Channels, countOf, isInOrder } from './channels.ts'
import { blockedConv } from './conv-op.ts'
import { reorderInput } from './reorder-op.ts'

const ONCE = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], activation: null } as const

/**
 * The cotangent of a kernel [O, I, kh, kw] that joins all channels, from a batch of so many pictures that they fill blocks:
 * a convolution whose channels are the pictures, whose kernel is `g`, and in whose rows each pixel's channels lie side by
 * side, so that its outputs are the taps and the channels of `x`. `x` is blocked, or plain with fewer channels than a block.
 */
export function weightGradient(
  x: Blocks | Tensor,
  g: Blocks,
  taps: readonly number[],
  { strides, pads }: Convolution,
  size: number,
): Tensor {
  const [n, outputs, ...spatial] = g.tensor.shape
  const lanes = 'channels' in x ? size : 1
  const reach = spatial.map((d, axis) => (d - 1) * strides[axis] + taps[axis])
  const images = 'channels' in x ? x.tensor.shape[1] / size : x.shape[1]
  const maps = framed('channels' in x ? planes(x.tensor, size) : asPlanes(x), pads, reach)
  const byImage = swapped(reshape(maps, [n, images, reach[0], reach[1] * lanes]))
  const area = spatial[0] * spatial[1]
  const kernel = transpose(reshape(g.tensor, [n / size, size, outputs / size, area, size]), [2, 0, 3, 1, 4])
  const y = blockedConv(reorderInput(byImage, size), reshape(kernel, [outputs, n, ...spatial]), null, null, {
    ...ONCE,
    dilations: [strides[0], strides[1] * lanes],
    joining: { kind: 'dense', groups: 1 },
    size,
  })
  // In memory [images][O / B][kh][kw][lanes][B of O].
  const parts = transpose(reshape(y, [images, outputs / size, taps[0], taps[1], lanes, size]), [1, 5, 0, 4, 2, 3])
  const all = chosen(reshape(parts, [outputs, images * lanes, ...taps]), 0, g.channels)
  return 'channels' in x ? chosen(all, 1, x.channels) : all
}

/** The same for a kernel [C, 1, kh, kw] that leaves each channel to itself. Both lie in the same order. */
export function depthwiseWeightGradient(
  x: Blocks,
  g: Blocks,
  taps: readonly number[],
  { strides, pads, dilations }: Convolution,
  size: number,
): Tensor {
  const reach = g.tensor.shape
    .slice(2)
    .map((d, axis) => (d - 1) * strides[axis] + (taps[axis] - 1) * dilations[axis] + 1)
  const dot = products(framed(planes(x.tensor, size), pads, reach), g.tensor, size, {
    strides: dilations,
    dilations: strides,
  })
  const [n, p] = g.tensor.shape
  // In memory [n][P / B][kh][kw][B].
  const rows = reshape(dot, [n, p / size, taps[0] * taps[1], size]).sum([0])
  const all = reshape(transpose(rows, [0, 1, 3, 2]), [p, 1, ...taps])
  return chosen(all, 0, g.channels)
}

/** Σ over the pixels of a · b for each channel of each picture, [N, P, 1, 1] in blocks: nothing is written in between. */
export function dotProducts(a: Tensor, b: Tensor, size: number): Tensor {
  const [n, p] = a.shape
  return reshape(products(planes(a, size), b, size, ONCE), [n, p, 1, 1])
}

/** Each channel of each picture of x, as planes, convolved with that of g: [1, N · P, kh, kw]. */
function products(x: Tensor, g: Tensor, size: number, window: Pick<Convolution, 'strides' | 'dilations'>): Tensor {
  const [n, p, h, w] = g.shape
  const image = reshape(x, [1, n * p, x.shape[1], x.shape[2]])
  return blockedConv(image, reshape(g, [n * p, 1, h, w]), null, null, {
    ...ONCE,
    strides: window.strides,
    dilations: window.dilations,
    joining: { kind: 'depthwise' },
    size,
  })
}

/** A plain [N, C, H, W] as [N · C, H, W, 1]. */
const asPlanes = (x: Tensor): Tensor => reshape(x, [x.shape[0] * x.shape[1], x.shape[2], x.shape[3], 1])

/** Planes with their pads, as far as windows reach. */
function framed(t: Tensor, pads: Convolution['pads'], reach: readonly number[]): Tensor {
  const [count, h, w, lanes] = t.shape
  const kept = [Math.min(h, reach[0] - pads[0]), Math.min(w, reach[1] - pads[1])]
  const cut = slice(t, [0, 0, 0, 0], [count, ...kept, lanes])
  return place(cut, [count, ...reach, lanes], [0, pads[0], pads[1], 0])
}

/** The first two axes exchanged; where one of them is 1, that moves nothing. */
function swapped(t: Tensor): Tensor {
  const [a, b, ...rest] = t.shape
  return a === 1 || b === 1 ? reshape(t, [b, a, ...rest]) : transpose(t, [1, 0, 2, 3])
}

/** The network's channels along an axis of blocks. */
function chosen(t: Tensor, axis: number, channels: Channels): Tensor {
  const count = countOf(channels)
  if (isInOrder(channels)) {
    const lengths = t.shape.with(axis, count)
    return slice(
      t,
      lengths.map(() => 0),
      lengths,
    )
  }
  const places = Array.from({ length: count }, (_, c) => channels.indexOf(c))
  return take(t, places, axis)
}
