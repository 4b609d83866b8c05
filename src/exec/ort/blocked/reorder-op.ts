import type { Op, TfjsForm } from '../../../ops/op.ts'
import { show } from '../../../shape.ts'
import { bind, type Tensor } from '../../../tensor.ts'
import { block, unblock } from './memory.ts'

/** The domain of ONNX Runtime's own operators on blocked tensors. */
export const NCHWC = 'com.microsoft.nchwc'

/** A graph that is laid out for a runtime has been differentiated before. */
export const noGradient = (): never => {
  throw new TypeError('Operators of a blocked layout have no gradient')
}

/** Made for ONNX Runtime, after what other executors get. */
export const ONNX_RUNTIME_ONLY: TfjsForm = 'none: ONNX Runtime alone has blocks'

/** [N, P, H, W] into blocks; P is a multiple of the block. */
export const reorderInput = (x: Tensor, size: number): Tensor => bind(reorderInputOp, [x], { size })
const reorderInputOp: Op = {
  name: 'reorderInput',
  shape([x], { size }) {
    if (x.length !== 4 || x[1] % (size as number) !== 0) throw new TypeError(`[${show(x)}] in blocks of ${size}`)
    return x
  },
  vjp: noGradient,
  tfjs: ONNX_RUNTIME_ONLY,
  onnx: (emit, [x]) => emit.node('ReorderInput', [x], {}, NCHWC),
  js: ([x], { shape, attrs }) => block(x, shape, attrs.size as number),
}

/** Blocks of [N, P, H, W] back into the usual order, the first `channels` channels. */
export const reorderOutput = (x: Tensor, channels: number, size: number): Tensor =>
  bind(reorderOutputOp, [x], { channels, size })
const reorderOutputOp: Op = {
  name: 'reorderOutput',
  shape([[n, p, h, w]], { channels, size }) {
    const count = channels as number
    if (count > p || p - count >= (size as number)) throw new TypeError(`${count} channels of ${p}`)
    return [n, count, h, w]
  },
  vjp: noGradient,
  tfjs: ONNX_RUNTIME_ONLY,
  onnx: (emit, [x], { attrs }) =>
    emit.node('ReorderOutput', [x], { channels: attrs.channels as number, channels_last: 0 }, NCHWC),
  js([x], { shape, shapes: [own], attrs }) {
    const all = unblock(x, own, attrs.size as number)
    const [per, kept] = [own, shape].map(dims => dims.slice(1).reduce((a, b) => a * b))
    return Float64Array.from({ length: own[0] * kept }, (_, i) => all[Math.floor(i / kept) * per + (i % kept)])
  },
}
