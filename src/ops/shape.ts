import { ShapeError } from '../errors.ts'
import { broadcast, equal, type Shape, show, size, strides } from '../shape.ts'
import { bind, type Tensor } from '../tensor.ts'
import { aligned, repeated } from './elementwise.ts'
import { type Op, onnxShape, view } from './op.ts'

/** Repeats along axes of length 1, up to `shape`. */
export const expand = (x: Tensor, shape: Shape): Tensor => (equal(x.shape, shape) ? x : bind(expandOp, [x], { shape }))
/** Repeats x up to a shape, that of `like` by default; of `like` only the shape matters: it tells how long the batch is. */
export const expandLike = (x: Tensor, like: Tensor, shape: Shape = like.shape): Tensor =>
  hasBatchOf(x.shape, shape) ? expand(x, shape) : bind(expandOp, [x, like], { shape })
const expandOp: Op = {
  name: 'expand',
  shape([x, like], { shape }) {
    const target = shape as Shape
    if (like && !target.every(d => d > 0 || like.includes(d)))
      throw new ShapeError(`[${show(like)}] does not tell the batch of [${show(target)}]`)
    return broadcast(x, target)
  },
  vjp: g => [g, null], // grad.ts sums it back
  onnx(emit, [x, like], { shape, inputs: [{ shape: own }, other] }) {
    if (like && equal(other.shape, shape)) return emit.node('Expand', [x, emit.node('Shape', [like])])
    if (like) {
      const batch = other.shape.findIndex(d => d < 0)
      const lengths = emit.node('Shape', [like], { start: batch, end: batch + 1 })
      const parts = shape.map(d => (d < 0 ? lengths : emit.ints([d])))
      return emit.node('Expand', [x, emit.node('Concat', parts, { axis: 0 })])
    }
    // The batch axis of x is kept: Expand takes 1 for "as long as it is".
    if (hasBatchOf(own, shape)) return emit.node('Expand', [x, emit.ints(shape.map(d => (d < 0 ? 1 : d)))])
    throw new ShapeError(`Cannot expand [${show(own)}] to [${show(shape)}]: the batch is not known`)
  },
  tfjs: (tf, [x], { shape }) => repeated(tf, x, shape),
  js: ([x], { shape, shapes: [own] }) => aligned(x, own, shape),
}
const hasBatchOf = (own: Shape, shape: Shape): boolean =>
  shape.every((d, i) => d > 0 || own[i - shape.length + own.length] === d)

/** The same elements in another shape. One length may be 0, which stands for what is left. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const rest = shape.indexOf(0)
  const known = size(shape.map(d => (d === 0 ? 1 : d)))
  const full = rest < 0 ? shape : shape.map(d => (d === 0 ? size(x.shape) / known : d))
  if (equal(x.shape, full)) return x
  return bind(reshapeOp, [x], { shape: full })
}
const reshapeOp: Op = {
  name: 'reshape',
  shape([x], { shape }) {
    const target = shape as Shape
    if (size(x) !== size(target) || !target.every(Number.isInteger))
      throw new ShapeError(`Cannot reshape [${show(x)}] to [${show(target)}]: they hold different numbers of elements`)
    return target
  },
  vjp: (g, _, [x]) => [reshape(g, x.shape)],
  onnx: (emit, [x], { shape }) => emit.node('Reshape', [x, emit.ints(onnxShape(shape))]),
  tfjs: (tf, [x], { shape }) => tf.run('Reshape', { x }, { shape }),
  js: ([x]) => x,
}

/** Axis i of the result is axis `perm[i]` of x. */
export const transpose = (x: Tensor, perm: readonly number[]): Tensor =>
  perm.length === x.shape.length && perm.every((p, i) => p === i) ? x : bind(transposeOp, [x], { perm })
const transposeOp: Op = {
  name: 'transpose',
  shape([x], { perm }) {
    const order = perm as Shape
    if (order.length !== x.length || new Set(order).size !== x.length || order.some(p => !(p in x)))
      throw new ShapeError(`Cannot transpose [${show(x)}] by [${order}]`)
    return order.map(p => x[p])
  },
  vjp(g, _, __, { perm }) {
    return [transpose(g, inverse(perm as Shape))]
  },
  onnx: (emit, [x], { attrs }) => emit.node('Transpose', [x], { perm: attrs.perm as Shape }),
  tfjs: (tf, [x], { attrs: { perm } }) => tf.run('Transpose', { x }, { perm }),
  js: ([x], { shapes: [own], attrs }) => permuted(x, own, attrs.perm as Shape),
}

/** The permutation that undoes one. */
export const inverse = (perm: readonly number[]): number[] => perm.map((_, i) => perm.indexOf(i))

/** Values of `shape` with axis perm[i] as their i-th. */
export function permuted(values: Float64Array, shape: readonly number[], perm: readonly number[]): Float64Array {
  const steps = strides(shape)
  return view(
    values,
    perm.map(p => shape[p]),
    perm.map(p => steps[p]),
  )
}

/** The elements in reverse order along `axes`; its own inverse. */
export const reverse = (x: Tensor, axes: readonly number[]): Tensor => bind(reverseOp, [x], { axes })
const reverseOp: Op = {
  name: 'reverse',
  shape: ([x]) => x,
  vjp: (g, _, __, { axes }) => [reverse(g, axes as Shape)],
  onnx(emit, [x], { attrs }) {
    const axes = attrs.axes as Shape
    const all = (value: number): string => emit.ints(axes.map(() => value))
    return emit.node('Slice', [x, all(-1), all(Number.MIN_SAFE_INTEGER), emit.ints(axes), all(-1)])
  },
  tfjs: (tf, [x], { attrs: { axes } }) => tf.run('Reverse', { x }, { dims: axes }),
  js([x], { shape, attrs }) {
    const axes = attrs.axes as Shape
    const steps = strides(shape)
    const offset = axes.reduce((at, axis) => at + (shape[axis] - 1) * steps[axis], 0)
    return view(
      x,
      shape,
      steps.map((step, axis) => (axes.includes(axis) ? -step : step)),
      offset,
    )
  },
}
