import { ShapeError } from '../../errors.ts'
import { type Op, onnxShape } from '../../ops/op.ts'
import { type Shape, show, size } from '../../shape.ts'
import { bind, type Tensor } from '../../tensor.ts'

/**
 * Between N pictures and one picture: the same elements, true only while N is 1. With it a graph that can be read for
 * one picture alone has the shapes of all others, [N, C, H, W] and [N, K], and whoever runs it keeps to batches of 1.
 */
export const asBatchOf = (x: Tensor, shape: Shape): Tensor => bind(asBatchOp, [x], { shape })
const asBatchOp: Op = {
  name: 'asBatch',
  shape([x], { shape }) {
    const target = shape as Shape
    if (Math.abs(size(x)) === Math.abs(size(target))) return target
    throw new ShapeError(`[${show(x)}] and [${show(target)}] hold different numbers of elements a picture`)
  },
  vjp: (g, _, [x]) => [asBatchOf(g, x.shape)],
  onnx: (emit, [x], { shape }) => emit.node('Reshape', [x, emit.ints(onnxShape(shape))]),
  tfjs: (tf, [x], { shape }) => tf.run('Reshape', { x }, { shape }),
  js: ([x]) => x,
}
