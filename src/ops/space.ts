import { ShapeError } from '../errors.ts'
import { show } from '../shape.ts'
import { bind, type Tensor } from '../tensor.ts'
import { type Op, view } from './op.ts'

/** [N, s·s·C, H, W] → [N, C, s·H, s·W]: channel (a·s + b)·C + c becomes the pixels (s·y + a, s·x + b) of c. */
export const depthToSpace = (x: Tensor, block: number): Tensor => bind(depthToSpaceOp, [x], { block })
/** The inverse of `depthToSpace`. */
export const spaceToDepth = (x: Tensor, block: number): Tensor => bind(spaceToDepthOp, [x], { block })

const depthToSpaceOp: Op = {
  name: 'depthToSpace',
  shape([[n, c, h, w]], { block }) {
    const s = block as number
    if (c % (s * s) !== 0) throw new ShapeError(`Cannot spread ${c} channels over blocks of ${s}x${s}`)
    return [n, c / (s * s), h * s, w * s]
  },
  vjp: (g, _, __, { block }) => [spaceToDepth(g, block as number)],
  onnx: (emit, [x], { attrs }) => emit.node('DepthToSpace', [x], { blocksize: attrs.block as number, mode: 'DCR' }),
  tfjs(tf, [x], { shape, shapes: [[n, , h, w]], attrs }) {
    const s = attrs.block as number
    const blocks = tf.run('Reshape', { x }, { shape: [n, s, s, shape[1], h, w] })
    return tf.run('Reshape', { x: tf.run('Transpose', { x: blocks }, { perm: [0, 3, 4, 1, 5, 2] }) }, { shape })
  },
  js([x], { shapes: [[n, depth, h, w]], attrs }) {
    const s = attrs.block as number
    const c = depth / (s * s)
    const plane = h * w
    // The result as [N, C, H, a, W, b], read from [N, a, b, C, H, W].
    const steps = [depth * plane, plane, w, s * c * plane, 1, c * plane]
    return view(x, [n, c, h, s, w, s], steps)
  },
}

const spaceToDepthOp: Op = {
  name: 'spaceToDepth',
  shape([x], { block }) {
    const [n, c, h, w] = x
    const s = block as number
    if (h % s !== 0 || w % s !== 0) throw new ShapeError(`Cannot cut [${show(x)}] into blocks of ${s}x${s}`)
    return [n, c * s * s, h / s, w / s]
  },
  vjp: (g, _, __, { block }) => [depthToSpace(g, block as number)],
  onnx: (emit, [x], { attrs }) => emit.node('SpaceToDepth', [x], { blocksize: attrs.block as number }),
  tfjs(tf, [x], { shape, shapes: [[n, c, h, w]], attrs }) {
    const s = attrs.block as number
    const blocks = tf.run('Reshape', { x }, { shape: [n, c, h / s, s, w / s, s] })
    return tf.run('Reshape', { x: tf.run('Transpose', { x: blocks }, { perm: [0, 3, 5, 1, 2, 4] }) }, { shape })
  },
  js([x], { shapes: [[n, c, h, w]], attrs }) {
    const s = attrs.block as number
    const steps = [c * h * w, w, 1, h * w, s * w, s]
    return view(x, [n, s, s, c, h / s, w / s], steps)
  },
}
