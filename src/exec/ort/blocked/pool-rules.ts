import type { Pooling } from '../../../ops/pool.ts'
import { equal, type Shape } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import { type Blocks, blocks } from './blocks.ts'
import { sameChannels } from './channels.ts'
import type { Layout } from './layout.ts'
import { columnMaxima, maxPoolGradient, rowMaxima } from './max-pool-gradient.ts'
import { blockedGlobalPool, blockedPool } from './pool-op.ts'
import type { Rule } from './rule.ts'
import { dotProducts } from './weight-gradient.ts'

/** ONNX Runtime refuses pads as wide as the kernel. */
const isTaken = ({ kernel, pads }: Pooling): boolean => pads.every((p, i) => p < kernel[i % 2])

export const maxPool: Rule = (node, layout) => {
  const { size } = layout
  const [x] = node.inputs
  const source = layout.known(x)
  const attrs = node.attrs as unknown as Pooling
  if (!source || !isTaken(attrs)) return null
  // Its gradient wants the maxima of the rows.
  const separable = attrs.dilations.every(d => d === 1)
  const wanted = layout.usersOf(node).some(({ op, inputs }) => op.name === 'maxPoolInput' && inputs[2] === node)
  if (!separable || !wanted)
    return blocks(blockedPool('MaxPool', source.tensor, size, attrs), source.channels, source.fill)
  const rows = rowMaxima(source.tensor, attrs, size)
  layout.rowMaxima.set(node, rows)
  return blocks(columnMaxima(rows, attrs, size), source.channels, source.fill)
}

export const maxPoolInput: Rule = (node, layout) => {
  const [g, x, y] = node.inputs
  const rows = layout.rowMaxima.get(y)
  const source = layout.known(x)
  const same = source && layout.inOrder(g, source.channels)
  if (!rows || !same) return null
  const masked = g.op.name === 'mul' && g.inputs.some(t => isMaskOf(t, y))
  const attrs = node.attrs as unknown as Pooling
  const result = maxPoolGradient(same.tensor, source.tensor, rows, layout.blocks(y).tensor, attrs, masked, layout.size)
  return blocks(result, source.channels)
}

/** Whether `t` is 0 wherever `x` is 0 or less, as the mask of an activation is. */
function isMaskOf({ op, inputs: [limit] }: Tensor, x: Tensor): boolean {
  return op.name === 'positive' && (limit === x || (limit.op.name === 'minimum' && limit.inputs.includes(x)))
}

export const averagePool: Rule = ({ inputs: [x], attrs }, layout) => {
  const source = layout.known(x)
  const pool = attrs as unknown as Pooling
  const countPads = Boolean(attrs.countPads)
  const even = !countPads || pool.pads.every(p => p === 0) || source?.fill.every(v => v === 0)
  if (!source || !even || !isTaken(pool) || pool.dilations.some(d => d > 1)) return null
  return blocks(blockedPool('AveragePool', source.tensor, layout.size, pool, countPads), source.channels, source.fill)
}

/** Over a whole picture; a sum is its mean times its pixels. */
export const globally =
  (kind: 'GlobalAveragePool' | 'GlobalMaxPool', summed = false): Rule =>
  ({ inputs: [x], attrs }, layout) => {
    const source = layout.known(x)
    if (!source || (attrs.axes as Shape).join() !== '2,3') return null
    const product = kind === 'GlobalAveragePool' && ofProducts(x, layout)
    if (product) return summed ? product : times(product, 1 / (x.shape[2] * x.shape[3]))
    const pooled = blockedGlobalPool(kind, source.tensor, layout.size)
    if (!summed) return blocks(pooled, source.channels, source.fill)
    return times(blocks(pooled, source.channels, source.fill), x.shape[2] * x.shape[3])
  }

const times = ({ tensor, channels, fill }: Blocks, factor: number): Blocks =>
  blocks(
    tensor.mul(factor),
    channels,
    fill.map(v => v * factor),
  )

/** Σ over the pixels of a product that nobody else reads: the product itself is not written. Null where it is none such. */
function ofProducts(x: Tensor, layout: Layout): Blocks | null {
  const [a, b] = x.inputs
  if (x.op.name !== 'mul' || !layout.single(x) || x.shape[0] < 0) return null
  if (!equal(a.shape, x.shape) || !equal(b.shape, x.shape)) return null
  const [left, right] = [layout.known(a), layout.known(b)]
  if (!left || !right || !sameChannels(left.channels, right.channels)) return null
  const fill = left.fill.map((v, p) => v * right.fill[p] * x.shape[2] * x.shape[3])
  return blocks(dotProducts(left.tensor, right.tensor, layout.size), left.channels, fill)
}
