import { reshape } from '../../../ops/shape.ts'
import { type Shape, size as sizeOf } from '../../../shape.ts'
import { bind, constant, dataOf, isConstant, type Tensor } from '../../../tensor.ts'
import { type Blocks, blocks, view } from './blocks.ts'
import type { Channels } from './channels.ts'
import type { Layout } from './layout.ts'

/** One operand as the blocked operator takes it. */
interface Given {
  /** Of the whole blocked shape, or a scalar. */
  readonly plain?: Tensor
  /** As [N, P / B, H · W, B], with 1 where it is repeated. */
  readonly viewed: Tensor
  /** What stands in the channels that fill; null: it is not known. */
  readonly fill: Float64Array | null
}

/**
 * An elementwise operator on blocks: operands of the whole shape, and those that are one number a channel, a pixel, a
 * picture, or for all. Null where the channels of two operands lie in different orders.
 */
export function elementwise(node: Tensor, layout: Layout): Blocks | null {
  const { shape } = node
  if (shape.length !== 4) return null
  const whole = node.inputs.filter(t => sameShape(t.shape, shape))
  const leads = whole.map(t => layout.known(t)).filter(b => b !== null)
  if (leads.length === 0) return null
  const { channels } = leads.find(b => !b.draft) ?? leads[0]
  const given = node.inputs.map(t => operand(t, shape, channels, layout))
  if (!given.every(g => g !== null)) return null
  const fill = filling(node, given, channels)
  if (!fill) return null
  const [n, , h, w] = shape
  const tensors = given.every(g => g.plain) ? given.map(g => g.plain!) : given.map(g => g.viewed)
  const result = bind(node.op, tensors, node.attrs)
  return blocks(reshape(result, [n, channels.length, h, w]), channels, fill)
}

const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i])

function operand(t: Tensor, shape: Shape, channels: Channels, layout: Layout): Given | null {
  const { size } = layout
  if (sizeOf(t.shape) === 1) {
    const scalar = reshape(t, [])
    const fill = isConstant(t) ? new Float64Array(channels.length).fill(dataOf(t)[0]) : null
    return { plain: scalar, viewed: scalar, fill }
  }
  const own = [...Array(4 - t.shape.length).fill(1), ...t.shape]
  if (sameShape(own, shape)) {
    const same = layout.inOrder(t, channels)
    return same && { plain: same.tensor, viewed: reshape(same.tensor, view(same.tensor, size)), fill: same.fill }
  }
  const [n, c, h, w] = own
  const everywhere = h * w === 1 || (h === shape[2] && w === shape[3])
  if (c === shape[1] && everywhere && (isConstant(t) || t.shape.length === 4)) {
    const same = layout.inOrder(isConstant(t) ? constant(dataOf(t), own) : t, channels)
    return same && { viewed: reshape(same.tensor, view(same.tensor, size)), fill: same.fill }
  }
  return c === 1 && everywhere ? { viewed: reshape(layout.plain(t), [n, 1, h * w, 1]), fill: null } : null
}

/** What the operator makes of the numbers that fill blocks; null where that is not known or not finite. */
function filling({ op, attrs }: Tensor, given: readonly Given[], channels: Channels): Float64Array | null {
  const shape = [channels.length]
  const at = (unknown: number): Float64Array =>
    op.js(
      given.map(g => g.fill ?? new Float64Array(channels.length).fill(unknown)),
      { shape, shapes: given.map(() => shape), attrs },
    )
  const [one, other] = [at(0.75), at(2.5)]
  return one.every((v, p) => channels[p] >= 0 || (Number.isFinite(v) && v === other[p]))
    ? one.map((v, p) => (channels[p] < 0 ? v : 0))
    : null
}
