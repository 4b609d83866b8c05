import { type Shape, size, strides } from '../shape.ts'
import { bind, constant, type Operand, type Tensor } from '../tensor.ts'
import { greater, sub } from './elementwise.ts'
import { type Cotangents, type OnnxEmitter, type OnnxForm, type Op, onnxShape, type TfjsRule, walk } from './op.ts'
import { expandLike } from './shape.ts'

type Reduction = (x: Tensor, axes?: readonly number[]) => Tensor

// Reduced axes stay, with length 1, so that results broadcast against their input.

export const sum: Reduction = reduction('sum', {
  onnx(emit, [x], node) {
    const rows = averageOfRows(emit, x, node)
    if (!rows) return emit.node('ReduceSum', [x, emit.ints(node.attrs.axes as Shape)], { keepdims: 1 })
    const total = emit.node('Mul', [rows.mean, emit.floats([rows.length], [])])
    return emit.node('Reshape', [total, emit.ints(onnxShape(node.shape))])
  },
  tfjs: (tf, [x], { attrs: { axes } }) => tf.run('Sum', { x }, { axis: axes, keepDims: true }),
  start: 0,
  js: (a, b) => a + b,
  vjp: (g, _, x) => [expandLike(g, x)],
})
export const mean: Reduction = reduction('mean', {
  onnx(emit, [x], node) {
    const axes = node.attrs.axes as Shape
    const { shape } = node.inputs[0]
    if (shape.length === 4 && axes.join() === '2,3') return emit.node('GlobalAveragePool', [x])
    const rows = averageOfRows(emit, x, node)
    if (!rows) return emit.node('ReduceMean', [x], { axes, keepdims: 1 })
    return emit.node('Reshape', [rows.mean, emit.ints(onnxShape(node.shape))])
  },
  tfjs: (tf, [x], { attrs: { axes } }) => tf.run('Mean', { x }, { axis: axes, keepDims: true }),
  start: 0,
  js: (a, b, count) => a + b / count,
  vjp: (g, _, x, axes) => [expandLike(g.div(count(x, axes)), x)],
})
/** Equal maxima share the gradient, as in torch.amax: two copies of a value are no more than the value. */
export const reduceMax: Reduction = reduction('max', {
  onnx: (emit, [x], node) => emit.node('ReduceMax', [x], { axes: node.attrs.axes as Shape, keepdims: 1 }),
  tfjs: (tf, [x], { attrs: { axes } }) => tf.run('Max', { x }, { reductionIndices: axes, keepDims: true }),
  start: -Infinity,
  js: (a, b) => Math.max(a, b),
  vjp(g, y, x, axes) {
    const mask = sub(1, greater(y, x))
    return [g.div(mask.sum(axes)).mul(mask)]
  },
})

/**
 * The k-th largest value of each image, [N, 1, …]: a threshold that keeps k elements. Equal values get the
 * gradient together.
 */
export const kthLargest = (x: Tensor, k: number): Tensor => bind(kthLargestOp, [x], { k })
const kthLargestOp: Op = {
  name: 'kthLargest',
  shape: ([x]) => x.map((d, i) => (i === 0 ? d : 1)),
  vjp: (g, y, [x]) => [g.mul(sub(1, greater(x, y).add(greater(y, x))))],
  onnx(emit, [x], node) {
    const k = node.attrs.k as number
    const rows = emit.node('Reshape', [x, emit.ints([-1, perImage(node.inputs[0].shape)])])
    const top = emit.node('TopK', [rows, emit.ints([k])], { axis: 1, largest: 1, sorted: 1 })
    const last = emit.node('Slice', [top, emit.ints([k - 1]), emit.ints([k]), emit.ints([1])])
    return emit.node('Reshape', [last, emit.ints(onnxShape(node.shape))])
  },
  tfjs(tf, [x], { shape, shapes: [own], attrs }) {
    const k = attrs.k as number
    const rows = tf.run('Reshape', { x }, { shape: [own[0], perImage(own)] })
    const [top] = tf.all('TopK', { x: rows }, { k, sorted: true })
    return tf.run('Reshape', { x: tf.run('Slice', { x: top }, { begin: [0, k - 1], size: [own[0], 1] }) }, { shape })
  },
  js([x], { shapes: [shape], attrs: { k } }) {
    const row = shape.slice(1).reduce((a, b) => a * b, 1)
    return Float64Array.from({ length: shape[0] }, (_, n) => {
      const values = x.slice(n * row, (n + 1) * row).sort()
      return values[row - (k as number)]
    })
  },
}

/** How many elements are folded into one; a tensor where the batch is among them. */
const count = (x: Tensor, axes: Shape): Operand =>
  axes.some(axis => x.shape[axis] < 0)
    ? expandLike(constant(1), x).sum(axes)
    : axes.reduce((product, axis) => product * x.shape[axis], 1)

const perImage = (shape: Shape): number => size(shape.slice(1))

/**
 * The mean over `axes` of one picture or of what is no picture's, as rows of [.., 1, length]; null where the batch is
 * folded. ONNX Runtime's ReduceSum and ReduceMean add in an order that depends on where the elements lie in memory and
 * on whether the batch is 1, so that a picture's sum would depend on its batch mates; GlobalAveragePool does not.
 */
function averageOfRows(
  emit: OnnxEmitter,
  x: string,
  { inputs: [{ shape }], attrs }: Tensor,
): { mean: string; length: number } | null {
  const axes = attrs.axes as Shape
  const length = size(axes.map(axis => shape[axis]))
  if (axes.length === 0 || length < 0 || axes.length === shape.length) return null
  const kept = [...shape.keys()].filter(axis => !axes.includes(axis))
  const trailing = axes[0] === kept.length
  const ordered = trailing ? x : emit.node('Transpose', [x], { perm: [...kept, ...axes] })
  const rows = emit.node('Reshape', [ordered, emit.ints([-1, 1, length])])
  return { mean: emit.node('GlobalAveragePool', [rows]), length }
}

/** An operator that folds the elements along `axes` (default: all) into one. */
function reduction(
  name: string,
  rules: {
    onnx: OnnxForm
    tfjs: TfjsRule
    start: number
    js: (a: number, b: number, count: number) => number
    vjp: (g: Tensor, y: Tensor, x: Tensor, axes: Shape) => Cotangents
  },
): Reduction {
  const op: Op = {
    name,
    onnx: rules.onnx,
    tfjs: rules.tfjs,
    vjp: (g, y, [x], { axes }) => rules.vjp(g, y, x, axes as Shape),
    shape: ([x], { axes }) => x.map((d, i) => ((axes as Shape).includes(i) ? 1 : d)),
    js([x], { shape, shapes, attrs }) {
      const out = new Float64Array(size(shape)).fill(rules.start)
      const count = x.length / out.length
      const steps = strides(shape).map((step, i) => ((attrs.axes as Shape).includes(i) ? 0 : step))
      walk(shapes[0], steps, 0, (i, j) => {
        out[j] = rules.js(out[j], x[i], count)
      })
      return out
    },
  }
  return (x, axes = x.shape.map((_, i) => i)) =>
    bind(op, [x], { axes: axes.map(a => (a < 0 ? a + x.shape.length : a)).sort((a, b) => a - b) })
}
