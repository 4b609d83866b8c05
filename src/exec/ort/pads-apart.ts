import { rewrite } from '../../graph.ts'
import { type Convolution, conv } from '../../ops/conv.ts'
import { reshape } from '../../ops/shape.ts'
import { pad, slice } from '../../ops/slice.ts'
import type { Tensor } from '../../tensor.ts'

/**
 * Pads of a 1x1 convolution behind it, where they are 0 as well: ONNX Runtime 1.30 on WebGPU takes it for a product of
 * matrices, and leaves those at the end of the picture out; in front of it they would be fused with it again.
 */
export const padsApart = (outputs: readonly Tensor[]): Tensor[] =>
  rewrite(outputs, ({ op, attrs, shape }, [x, w, b]) => {
    const a = attrs as unknown as Convolution
    if (op.name !== 'conv' || w.shape[2] !== 1 || w.shape[3] !== 1 || a.pads.every(p => p === 0)) return undefined
    const [top, left, bottom, right] = a.pads
    const inside = conv(x, w, { ...a, strides: [1, 1], pads: [0, 0, 0, 0] })
    const framed = pad(inside, [0, 0, top, left], [0, 0, bottom, right])
    const y = slice(framed, [0, 0, 0, 0], shape, [1, 1, ...a.strides])
    return b ? y.add(reshape(b, [1, b.shape[0], 1, 1])) : y
  })
