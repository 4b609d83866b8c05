import { reshape } from '../../../ops/shape.ts'
import { equal, size as sizeOf } from '../../../shape.ts'
import { constant, dataOf, isConstant, Tensor } from '../../../tensor.ts'
import type { Blocks } from './blocks.ts'
import { type Draft, drafted } from './draft.ts'
import { isLive, type Kernel } from './kernel.ts'
import type { Layout } from './layout.ts'

/**
 * x · s or x + t with one constant a channel, as part of the convolution that gives x, or as a depthwise one of a single
 * tap: one pass, which can still take in the other, a sum and an activation.
 */
export function perChannel(node: Tensor, layout: Layout): Blocks | null {
  const [x, values] = operands(node, layout)
  if (!values) return null
  const source = layout.known(x)
  if (!source) return null
  const draft = layout.single(x) && source.draft && !source.draft.sum && !source.draft.activation ? source.draft : null
  if (node.op.name === 'add') return drafted(shifted(draft ?? single(source, node.shape[1]), values), layout.size)
  if (values instanceof Tensor) return drafted(single(source, node.shape[1], values), layout.size)
  const free = draft && !isLive(draft.kernel) && !(draft.bias instanceof Tensor)
  return drafted(scaled(free ? draft : single(source, values.length), values), layout.size)
}

/** One number for each channel; a tensor [C] where they are computed. */
type Values = Float32Array | Tensor

/** The tensor and the numbers of a product or a sum by channel. */
function operands({ inputs, shape }: Tensor, layout: Layout): [Tensor, Values | null] {
  for (const [x, c] of [inputs, [...inputs].reverse()]) {
    if (!equal(x.shape, shape) || shape.length !== 4) continue
    const own = [...Array(Math.max(0, 4 - c.shape.length)).fill(1), ...c.shape]
    if (sizeOf(own) === shape[1] && own[1] === shape[1] && shape[1] > 1)
      return [x, isConstant(c) ? dataOf(c) : reshape(layout.plain(c), [shape[1]])]
  }
  return [inputs[0], null]
}

/** Each channel times its number; as it is where there is none. */
const single = ({ tensor, channels }: Blocks, count: number, by?: Tensor): Draft => ({
  x: tensor,
  from: channels,
  kernel: by ? { live: reshape(by, [count, 1, 1, 1]), groups: count, shape: [1, 1, 1, 1] } : ones(count),
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

/** Of constants alone. */
const scaled = (draft: Draft, by: Float32Array): Draft => ({
  ...draft,
  scale: by.map((v, c) => v * (draft.scale?.[c] ?? 1)),
  bias: (draft.bias as Float32Array | null)?.map((b, c) => b * by[c]) ?? null,
})
const shifted = (draft: Draft, by: Values): Draft => ({ ...draft, bias: draft.bias ? sum(draft.bias, by) : by })

const sum = (a: Values, b: Values): Values =>
  a instanceof Tensor || b instanceof Tensor ? asTensor(a).add(asTensor(b)) : a.map((v, c) => v + b[c])
const asTensor = (v: Values): Tensor => (v instanceof Tensor ? v : constant(v, [v.length]))
