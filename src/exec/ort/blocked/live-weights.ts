// Weights that are computed as the graph runs, in the order of a blocked convolution: small beside the maps that they meet.
import { reshape, transpose } from '../../../ops/shape.ts'
import { pad } from '../../../ops/slice.ts'
import { take } from '../../../ops/take.ts'
import type { Tensor } from '../../../tensor.ts'
import { type Channels, countOf, isInOrder } from './channels.ts'
import type { LiveKernel } from './kernel.ts'
import type { Joining } from './weights.ts'

/** As `blockWeights` orders them; [O, I, kh, kw] by its dimensions. */
export function liveWeights(
  { live }: LiveKernel,
  { kind }: Joining,
  to: Channels,
  from: Channels,
  block: number,
): Tensor {
  const [, , kh, kw] = live.shape
  const rows = laid(live, 0, to)
  const outputs = to.length
  if (kind === 'depthwise') {
    const parts = reshape(rows, [outputs / block, block, kh, kw])
    return reshape(transpose(parts, [0, 2, 3, 1]), [outputs, 1, kh, kw])
  }
  if (kind === 'direct') {
    const inputs = rows.shape[1]
    const parts = reshape(rows, [outputs / block, block, inputs, kh, kw])
    return reshape(transpose(parts, [0, 2, 3, 4, 1]), [outputs, inputs, kh, kw])
  }
  const all = laid(rows, 1, from)
  const inputs = from.length
  const parts = reshape(all, [outputs / block, block, inputs / block, block, kh, kw])
  return reshape(transpose(parts, [0, 2, 4, 5, 3, 1]), [outputs, inputs, kh, kw])
}

/** The channels along an axis in the order of blocks, zeros where these are only filled. */
export function laid(t: Tensor, axis: number, channels: Channels): Tensor {
  const count = countOf(channels)
  const zeros = (length: number): number[] => t.shape.map((_, i) => (i === axis ? length : 0))
  if (isInOrder(channels)) return channels.length === count ? t : pad(t, zeros(0), zeros(channels.length - count))
  const padded = pad(t, zeros(0), zeros(1))
  return take(
    padded,
    Array.from(channels, c => (c < 0 ? t.shape[axis] : c)),
    axis,
  )
}
