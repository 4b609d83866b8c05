import { slice as sliceOp } from '../../../ops/slice.ts'
import type { Shape } from '../../../shape.ts'
import { Tensor } from '../../../tensor.ts'
import { type Blocks, blocks, fromPlanes, planes } from './blocks.ts'
import { blocksWith } from './channels.ts'
import { drafted, finished } from './draft.ts'
import { someOutputs } from './kernel.ts'
import type { Layout } from './layout.ts'
import type { Rule } from './rule.ts'

/** Whole blocks of channels, rows and columns. */
export const slice: Rule = (node, layout) => {
  const { size } = layout
  const [x] = node.inputs
  const source = layout.known(x)
  if (!source || node.shape.length !== 4) return null
  const [starts, steps] = [node.attrs.starts, node.attrs.steps] as Shape[]
  const [, count, ...spatial] = node.shape
  const range = steps[1] === 1 ? blocksWith(source.channels, starts[1], count, size) : null
  if (!range) return null
  const part: Part = { first: starts[1], count, range, size }
  if (isPartition(x, layout)) return someChannels(source, part)
  const some = someChannels(finished(source), part)
  const whole = planes(some.tensor, size)
  const cut = sliceOp(
    whole,
    [0, starts[2], starts[3], 0],
    [whole.shape[0], ...spatial, size],
    [1, steps[2], steps[3], 1],
  )
  return blocks(fromPlanes(cut, some.channels.length, size), some.channels, some.fill)
}

/** Channels of the network, and the blocks that hold them. */
interface Part {
  readonly first: number
  readonly count: number
  readonly range: readonly [number, number]
  readonly size: number
}

/** Whether `x` is read in slices of channels alone that do not overlap, as the gradient of a concatenation is. */
function isPartition(x: Tensor, layout: Layout): boolean {
  const users = layout.usersOf(x)
  const ofChannels = ({ op, shape }: Tensor): boolean =>
    op.name === 'slice' && shape.length === 4 && shape[2] === x.shape[2] && shape[3] === x.shape[3]
  const read = users.reduce((total, { shape }) => total + shape[1], 0)
  return !layout.isOutput(x) && users.every(ofChannels) && read <= x.shape[1]
}

const some = (bias: Float32Array | Tensor, first: number, count: number): Float32Array | Tensor =>
  bias instanceof Tensor ? sliceOp(bias, [first], [count]) : bias.subarray(first, first + count)

/** Each part of a convolution's outputs by one of its own: together they cost what the whole costs, and nothing is copied. */
function someChannels(source: Blocks, part: Part): Blocks {
  const { first, count, range, size } = part
  const [from, to] = range
  const channels = source.channels.slice(from, to).map(c => (c < 0 ? -1 : c - first))
  const { draft } = source
  if (!draft || draft.joining.kind !== 'dense' || draft.kernel.groups > 1) {
    const [n, , h, w] = source.tensor.shape
    const some = sliceOp(source.tensor, [0, from, 0, 0], [n, to - from, h, w])
    return blocks(some, channels, source.fill.slice(from, to))
  }
  return drafted(
    {
      ...draft,
      kernel: someOutputs(draft.kernel, first, count),
      scale: draft.scale?.subarray(first, first + count) ?? null,
      bias: draft.bias && some(draft.bias, first, count),
      to: channels,
      sum: draft.sum && someChannels(draft.sum, part),
    },
    size,
  )
}
