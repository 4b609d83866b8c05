import { equal, size as sizeOf } from '../../../shape.ts'
import { dataOf, isConstant, type Tensor } from '../../../tensor.ts'
import type { Blocks } from './blocks.ts'
import { type Draft, drafted } from './draft.ts'
import type { Kernel } from './kernel.ts'
import type { Layout } from './layout.ts'

/**
 * x · s or x + t with one constant a channel, as part of the convolution that gives x, or as a depthwise one of a single
 * tap: one pass, which can still take in the other, a sum and an activation.
 */
export function perChannel(node: Tensor, layout: Layout): Blocks | null {
  const [x, values] = operands(node)
  if (!values) return null
  const source = layout.known(x)
  if (!source) return null
  const free = layout.single(x) && source.draft && !source.draft.sum && !source.draft.activation
  const draft = free ? source.draft : single(source, values.length)
  return drafted(node.op.name === 'mul' ? scaled(draft, values) : shifted(draft, values), layout.size)
}

/** The tensor and the constants of a product or a sum by channel. */
function operands({ inputs, shape }: Tensor): [Tensor, Float32Array | null] {
  for (const [x, c] of [inputs, [...inputs].reverse()]) {
    if (!isConstant(c) || !equal(x.shape, shape) || shape.length !== 4) continue
    const own = [...Array(Math.max(0, 4 - c.shape.length)).fill(1), ...c.shape]
    if (sizeOf(own) === shape[1] && own[1] === shape[1] && shape[1] > 1) return [x, dataOf(c)]
  }
  return [inputs[0], null]
}

/** Each channel as it is. */
const single = ({ tensor, channels }: Blocks, count: number): Draft => ({
  x: tensor,
  from: channels,
  kernel: ones(count),
  bias: null,
  joining: { kind: 'depthwise' },
  to: channels,
  sum: null,
  activation: null,
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
})

const ones = (count: number): Kernel => ({
  data: new Float32Array(count).fill(1),
  start: 0,
  group: 1,
  steps: [1, 1, 1, 1],
  groups: count,
  shape: [1, 1, 1, 1],
})

const scaled = (draft: Draft, by: Float32Array): Draft => ({
  ...draft,
  scale: by.map((v, c) => v * (draft.scale?.[c] ?? 1)),
  bias: draft.bias?.map((b, c) => b * by[c]) ?? null,
})
const shifted = (draft: Draft, by: Float32Array): Draft => ({
  ...draft,
  bias: by.map((v, c) => v + (draft.bias?.[c] ?? 0)),
})
