import { reshape } from '../../../ops/shape.ts'
import { concat, pad, slice } from '../../../ops/slice.ts'
import type { Tensor } from '../../../tensor.ts'
import { type Channels, countOf, filled, inOrder, isInOrder, runs } from './channels.ts'
import type { Draft } from './draft.ts'
import { reorderInput, reorderOutput } from './reorder-op.ts'

/** A tensor of the network, [N, C, H, W], in blocks of channels. */
export interface Blocks {
  /** [N, P, H, W] by its dimensions, [N, P / B, H, W, B] in memory; what it takes is built when it is first asked for. */
  readonly tensor: Tensor
  readonly channels: Channels
  /** What stands in the channels that only fill a block, one number for each of P. */
  readonly fill: Float64Array
  /** Where it is a convolution that can still take in what follows it. */
  readonly draft?: Draft | undefined
}

export const blocks = (
  tensor: Tensor,
  channels: Channels,
  fill: Float64Array = new Float64Array(channels.length),
): Blocks => ({
  tensor,
  channels,
  fill,
})

/** The same elements as [N, P / B, H · W, B], which broadcasts by channel, pixel and picture. */
export const view = ({ shape: [n, p, h, w] }: Pick<Tensor, 'shape'>, size: number): number[] => [
  n,
  p / size,
  h * w,
  size,
]

/** The same elements as [N · P / B, H, W, B], whose rows and columns can be cut and padded. */
export const planes = (t: Tensor, size: number): Tensor => {
  const [n, p, h, w] = t.shape
  return reshape(t, [(n * p) / size, h, w, size])
}
/** Back from `planes` of P channels. */
export const fromPlanes = (t: Tensor, channels: number, size: number): Tensor =>
  reshape(t, [(t.shape[0] * size) / channels, channels, t.shape[1], t.shape[2]])

/** A plain [N, C, H, W] in blocks. */
export function toBlocks(x: Tensor, size: number): Blocks {
  const [, c, h, w] = x.shape
  const whole = pad(x, [0, 0, 0, 0], [0, filled(c, size) - c, 0, 0])
  return blocks(h * w === 1 ? whole : reorderInput(whole, size), inOrder(c, size))
}

/** The plain [N, C, H, W]. */
export function fromBlocks({ tensor, channels }: Blocks, size: number): Tensor {
  const [n, p, h, w] = tensor.shape
  const some = (t: Tensor, from: number, length: number): Tensor => slice(t, [0, from, 0, 0], [n, length, h, w])
  if (isInOrder(channels) && h * w > 1 && p - countOf(channels) < size)
    return reorderOutput(tensor, countOf(channels), size)
  const whole = h * w === 1 ? tensor : reorderOutput(tensor, p, size)
  return concat(
    runs(channels).map(({ from, length }) => some(whole, from, length)),
    1,
  )
}
