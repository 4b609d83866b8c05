import { type Convolution, conv, type Window, windows } from '../../../ops/conv.ts'
import type { Op } from '../../../ops/op.ts'
import { bind, input, type Tensor } from '../../../tensor.ts'
import { block, unblock } from './memory.ts'
import { NCHWC, noGradient, ONNX_RUNTIME_ONLY } from './reorder-op.ts'
import { type Joining, place } from './weights.ts'

/** What a convolution does to its results before it writes them, last of all. */
export type Activation =
  | { readonly kind: 'Relu' }
  | { readonly kind: 'Clip'; readonly lo: number; readonly hi: number }
  /** max(0, min(1, alpha · x + beta)) */
  | { readonly kind: 'HardSigmoid'; readonly alpha: number; readonly beta: number }

export interface BlockedConvolution extends Window {
  readonly joining: Joining
  readonly activation: Activation | null
  /** The block. */
  readonly size: number
}

interface Attributes extends BlockedConvolution {
  readonly biased: boolean
}
const attributes = (attrs: Tensor['attrs']): Attributes => attrs as unknown as Attributes

/**
 * activation(x ∗ w + bias + sum) of a blocked x [N, P, H, W] (a plain one where the joining is direct), with `w` as
 * `blockWeights` gives it; `bias` [Q] and `sum` [N, Q, H′, W′] may be absent.
 */
export const blockedConv = (
  x: Tensor,
  w: Tensor,
  bias: Tensor | null,
  sum: Tensor | null,
  attrs: BlockedConvolution,
): Tensor =>
  bind(
    blockedConvOp,
    [x, w, bias, sum].filter(t => t !== null),
    { ...attrs, biased: bias !== null },
  )

const blockedConvOp: Op = {
  name: 'blockedConv',
  shape: ([x, w], attrs) => [
    x[0],
    w[0],
    windows(x[2], w[2], 0, attributes(attrs)),
    windows(x[3], w[3], 1, attributes(attrs)),
  ],
  vjp: noGradient,
  tfjs: ONNX_RUNTIME_ONLY,
  onnx(emit, [x, w, ...more], { attrs, inputs: [{ shape }, weights] }) {
    const { strides, pads, dilations, joining, activation, biased } = attributes(attrs)
    const given = biased || more.length === 0 ? [x, w, ...more] : [x, w, '', ...more]
    const group = joining.kind === 'depthwise' ? shape[1] : joining.kind === 'dense' ? joining.groups : 1
    const window = { kernel_shape: weights.shape.slice(2), strides, pads, dilations, group }
    return emit.node('Conv', given, { ...window, ...onnxActivation(activation) }, NCHWC)
  },
  js([x, w, ...more], kernel) {
    const { shape, shapes } = kernel
    const { strides, pads, dilations, joining, activation, biased, size } = attributes(kernel.attrs)
    const group = joining.kind === 'depthwise' ? shape[1] : joining.kind === 'dense' ? joining.groups : 1
    const plain: Convolution = { strides, pads, dilations, group }
    const { op } = conv(input(shapes[0]), input(shapes[1]), plain)
    const image = joining.kind === 'direct' ? x : unblock(x, shapes[0], size)
    const y = op.js([image, inUsualOrder(w, shapes[1], joining, size)], {
      shape,
      shapes: shapes.slice(0, 2),
      attrs: plain as unknown as Tensor['attrs'],
    })
    const [bias, sum] = biased ? more : [undefined, ...more]
    const added = sum && unblock(sum, shape, size)
    const area = shape[2] * shape[3]
    return block(
      y.map((v, i) => activated(v + (bias?.[Math.floor(i / area) % shape[1]] ?? 0) + (added?.[i] ?? 0), activation)),
      shape,
      size,
    )
  },
}

const onnxActivation = (activation: Activation | null) => {
  if (activation === null) return {}
  const { kind, ...params } = activation
  const values = Object.values(params) as number[]
  return values.length === 0 ? { activation: kind } : { activation: kind, activation_params: { floats: values } }
}

export function activated(v: number, activation: Activation | null): number {
  if (activation === null) return v
  if (activation.kind === 'Relu') return v > 0 ? v : v * 0
  if (activation.kind === 'Clip') return Math.min(Math.max(v, activation.lo), activation.hi)
  return Math.max(0, Math.min(1, activation.alpha * v + activation.beta))
}

function inUsualOrder(w: Float64Array, shape: readonly number[], { kind }: Joining, size: number): Float64Array {
  const [outputs, inputs, kh, kw] = shape
  const out = new Float64Array(w.length)
  for (let at = 0, o = 0; o < outputs; o++)
    for (let i = 0; i < inputs; i++)
      for (let y = 0; y < kh; y++) for (let x = 0; x < kw; x++) out[at++] = w[place(kind, size, shape, o, i, y, x)]
  return out
}
