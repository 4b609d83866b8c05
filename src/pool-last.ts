import { rewrite, toposort } from './graph.ts'
import { type Convolution, conv } from './ops/conv.ts'
import { averagePool, type Pooling } from './ops/pool.ts'
import { reshape } from './ops/shape.ts'
import { bind, type Tensor } from './tensor.ts'

/**
 * The same outputs, where a 1x1 convolution with fewer outputs than inputs comes before the average pooling that it
 * followed, as in the branches of Inception: both are linear and commute, and the pooling and its gradient then meet the
 * fewer channels.
 */
export function poolLast(outputs: readonly Tensor[]): Tensor[] {
  const uses = new Map<Tensor, number>()
  for (const t of [...toposort(outputs).flatMap(node => node.inputs), ...outputs]) uses.set(t, (uses.get(t) ?? 0) + 1)
  const alone = new Set<Tensor>() // in the new graph
  return rewrite(outputs, (node, inputs) => {
    const kept = inputs.every((t, i) => t === node.inputs[i]) ? node : bind(node.op, inputs, node.attrs)
    const made = exchanged(kept, alone) ?? kept
    if (uses.get(node) === 1) alone.add(made)
    return made
  })
}

function exchanged(node: Tensor, alone: ReadonlySet<Tensor>): Tensor | undefined {
  const [pooled, w, b] = node.inputs
  if (node.op.name !== 'conv' || pooled.op.name !== 'averagePool' || !alone.has(pooled)) return undefined
  const attrs = node.attrs as unknown as Convolution
  const pool = pooled.attrs as unknown as Pooling & { readonly countPads: boolean }
  const [outputs, inputs, kh, kw] = w.shape
  const pointwise = kh === 1 && kw === 1 && attrs.group === 1 && attrs.pads.every(p => p === 0)
  const dense = attrs.strides.every(s => s === 1) && pool.strides.every(s => s === 1)
  if (!pointwise || !dense || outputs >= inputs) return undefined
  const { kernel, strides, pads, dilations, countPads } = pool
  const pooling = { kernel, strides, pads, dilations }
  // The mean of a bias is the bias, unless pads count.
  if (!b || !countPads || pads.every(p => p === 0))
    return averagePool(conv(pooled.inputs[0], w, attrs, b), pooling, countPads)
  return averagePool(conv(pooled.inputs[0], w, attrs), pooling, countPads).add(reshape(b, [1, outputs, 1, 1]))
}
