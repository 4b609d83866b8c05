import type { Window } from '../../../ops/conv.ts'
import { constant, type Tensor } from '../../../tensor.ts'
import type { Blocks } from './blocks.ts'
import { type Channels, inOrder, sameChannels } from './channels.ts'
import { type Activation, activated, blockedConv } from './conv-op.ts'
import type { Kernel } from './kernel.ts'
import { blockWeights, type Joining } from './weights.ts'

/** A convolution before it is built: a sum and an activation behind it become part of it. */
export interface Draft extends Window {
  readonly x: Tensor
  readonly from: Channels
  readonly kernel: Kernel
  /** What each channel of the network is multiplied with before the bias; null: 1. */
  readonly scale?: Float32Array | null
  /** One number for each channel of the network. */
  readonly bias: Float32Array | null
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
  const weights = blockWeights(kernel, joining, to, from, size, scale)
  const shift =
    bias &&
    constant(
      Float32Array.from(to, c => (c < 0 ? 0 : bias[c])),
      [to.length],
    )
  const attrs = { strides, pads, dilations, joining, activation, size }
  return blockedConv(x, constant(weights.data, weights.shape), shift, sum?.tensor ?? null, attrs)
}

/** The draft with another order of its outputs; null where the order is that of its inputs. */
export function reordered(draft: Draft, to: Channels): Draft | null {
  if (sameChannels(draft.to, to)) return draft
  const free = draft.joining.kind !== 'depthwise' && (draft.joining.kind !== 'dense' || draft.joining.groups === 1)
  return free && draft.sum === null ? { ...draft, to } : null
}
