import type { Op } from '../../../ops/op.ts'
import { averagePool, maxPool, type Pooling } from '../../../ops/pool.ts'
import { bind, input, type Tensor } from '../../../tensor.ts'
import { block, unblock } from './memory.ts'
import { NCHWC, noGradient, ONNX_RUNTIME_ONLY } from './reorder-op.ts'

export type PoolKind = 'MaxPool' | 'AveragePool' | 'GlobalAveragePool' | 'GlobalMaxPool'

/** A pooling of a blocked tensor [N, P, H, W], as the plain one of the same attributes. */
export const blockedPool = (kind: PoolKind, x: Tensor, size: number, attrs: Pooling, countPads = false): Tensor =>
  bind(blockedPoolOp, [x], { ...attrs, kind, size, countPads })

/** The mean or the largest value of each channel: [N, P, 1, 1]. */
export const blockedGlobalPool = (kind: 'GlobalAveragePool' | 'GlobalMaxPool', x: Tensor, size: number): Tensor =>
  blockedPool(kind, x, size, {
    kernel: [x.shape[2], x.shape[3]],
    strides: [1, 1],
    pads: [0, 0, 0, 0],
    dilations: [1, 1],
  })

const plain = (x: Tensor, attrs: Tensor['attrs']): Tensor => {
  const window = attrs as unknown as Pooling
  return String(attrs.kind).endsWith('MaxPool') ? maxPool(x, window) : averagePool(x, window, Boolean(attrs.countPads))
}

const blockedPoolOp: Op = {
  name: 'blockedPool',
  shape: ([x], attrs) => plain(input(x), attrs).shape,
  vjp: noGradient,
  tfjs: ONNX_RUNTIME_ONLY,
  onnx(emit, [x], { attrs }) {
    const { kernel, strides, pads, dilations } = attrs as unknown as Pooling
    const kind = attrs.kind as PoolKind
    if (kind.startsWith('Global')) return emit.node(kind, [x], {}, NCHWC)
    const window = { kernel_shape: kernel, strides, pads, dilations }
    const counting = kind === 'AveragePool' ? { count_include_pad: Number(attrs.countPads) } : {}
    return emit.node(kind, [x], { ...window, ...counting }, NCHWC)
  },
  js([x], { shape, shapes: [own], attrs }) {
    const size = attrs.size as number
    const pooled = plain(input(own), attrs)
    return block(pooled.op.js([unblock(x, own, size)], { shape, shapes: [own], attrs: pooled.attrs }), shape, size)
  },
}
