import type { Window } from '../../../ops/conv.ts'
import { reshape } from '../../../ops/shape.ts'
import { constant, Tensor } from '../../../tensor.ts'
import type { Blocks } from './blocks.ts'
import { type Channels, inOrder, sameChannels } from './channels.ts'
import { type Activation, activated, blockedConv } from './conv-op.ts'
import { isLive, type Kernel } from './kernel.ts'
import { laid, liveWeights } from './live-weights.ts'
import { type BlockedWeights, blockWeights, type Joining } from './weights.ts'

/** A convolution before it is built: a sum and an activation behind it become part of it. */
export interface Draft extends Window {
  readonly x: Tensor
  readonly from: Channels
  readonly kernel: Kernel
  /** What each channel of the network is multiplied with before the bias; null: 1. */
  readonly scale?: Float32Array | null
  /** One number for each channel of the network; a tensor [C] where they are computed. */
  readonly bias: Float32Array | Tensor | null
  readonly joining: Joining
  readonly to: Channels
  readonly sum: Blocks | null
  readonly activation: Activation | null
}

/** A convolution of a plain tensor with fewer channels than a block. */
export const directly = (x: Tensor, size: number): Pick<Draft, 'x' | 'from' | 'joining'> => ({
  x,
  from: inOrder(x.shape[1], size).subarray(0, x.shape[1]),
  joining: { kind: 'direct' },
})

/** The tensor that a draft stands for, built when it is asked for: a draft that grows costs nothing. */
export function drafted(draft: Draft, size: number): Blocks {
  let built: Tensor | null = null
  const { to, sum, activation } = draft
  return {
    draft,
    channels: to,
    fill: Float64Array.from(to, (c, p) => (c < 0 ? activated(sum?.fill[p] ?? 0, activation) : 0)),
    get tensor() {
      built ??= build(draft, size)
      return built
    },
  }
}

/** What others read as well: it is built whole, and takes in nothing more. */
export const finished = ({ tensor, channels, fill }: Blocks): Blocks => ({ tensor, channels, fill })

function build({ x, from, kernel, scale, bias, joining, to, sum, activation, ...window }: Draft, size: number): Tensor {
  const { strides, pads, dilations } = window
  const attrs = { strides, pads, dilations, joining, activation, size }
  const weights = isLive(kernel)
    ? liveWeights(kernel, joining, to, from, size)
    : blockedConstant(blockWeights(kernel, joining, to, from, size, scale))
  const shift = bias && shiftOf(bias, to)
  const added = sum?.tensor ?? null
  if (joining.kind !== 'depthwise' || !isPointwise(weights, attrs)) return blockedConv(x, weights, shift, added, attrs)
  const { shape } = x
  return reshape(blockedConv(inOneRow(x), weights, shift, added && inOneRow(added), attrs), shape)
}

/** Whether each pixel is computed from itself alone. */
const isPointwise = ({ shape: [, , kh, kw] }: Tensor, { strides, pads }: Window): boolean =>
  kh * kw === 1 && strides.every(s => s === 1) && pads.every(p => p === 0)

/** All pixels in one row: the runtime begins each row anew. */
const inOneRow = (t: Tensor): Tensor => reshape(t, [t.shape[0], t.shape[1], 1, t.shape[2] * t.shape[3]])

const blockedConstant = ({ data, shape }: BlockedWeights): Tensor => constant(data, shape)

const shiftOf = (bias: Float32Array | Tensor, to: Channels): Tensor =>
  bias instanceof Tensor
    ? laid(bias, 0, to)
    : constant(
        Float32Array.from(to, c => (c < 0 ? 0 : bias[c])),
        [to.length],
      )

/** The draft with another order of its outputs; null where the order is that of its inputs. */
export function reordered(draft: Draft, to: Channels): Draft | null {
  if (sameChannels(draft.to, to)) return draft
  const free = draft.joining.kind !== 'depthwise' && (draft.joining.kind !== 'dense' || draft.joining.groups === 1)
  return free && draft.sum === null ? { ...draft, to } : null
}
