import { ShapeError } from '../errors.ts'
import { equal, type Shape, show, size, strides } from '../shape.ts'
import { bind, type Tensor } from '../tensor.ts'
import { type OnnxEmitter, type Op, onnxShape, type TfjsKernels, type TfjsTensor, view, walk } from './op.ts'

/** Where a regular grid of elements lies in a larger tensor: the i-th at `starts + i·steps`, per axis. */
interface Grid {
  readonly starts: readonly number[]
  readonly steps: readonly number[]
}

/** Every `steps`-th element from `starts`, `lengths` of them, per axis. The batch axis is taken whole (0, N, 1). */
export function slice(
  x: Tensor,
  starts: readonly number[],
  lengths: Shape,
  steps: Shape = starts.map(() => 1),
): Tensor {
  if (equal(lengths, x.shape) && starts.every(s => s === 0) && steps.every(s => s === 1)) return x
  return bind(sliceOp, [x], { starts, steps, lengths })
}
const sliceOp: Op = {
  name: 'slice',
  shape: ([x], attrs) => fits(attrs.lengths as Shape, x, attrs as unknown as Grid),
  vjp: (g, _, [x], { starts, steps }) => [place(g, x.shape, starts as Shape, steps as Shape)],
  onnx(emit, [x], { attrs, shape, inputs: [{ shape: own }] }) {
    const { starts, steps } = attrs as unknown as Grid
    const axes = [...own.keys()].filter(i => shape[i] !== own[i] || steps[i] !== 1)
    const ends = axes.map(i => starts[i] + (shape[i] - 1) * steps[i] + 1)
    return emit.node('Slice', [
      x,
      emit.ints(axes.map(i => starts[i])),
      emit.ints(ends),
      emit.ints(axes),
      emit.ints(axes.map(i => steps[i])),
    ])
  },
  tfjs(tf, [x], { shape, attrs }) {
    const { starts, steps } = attrs as unknown as Grid
    if (steps.every(s => s === 1)) return tf.run('Slice', { x }, { begin: starts, size: shape })
    const end = starts.map((start, i) => start + (shape[i] - 1) * steps[i] + 1)
    return tf.run('StridedSlice', { x }, { begin: starts, end, strides: steps, ...NO_MASKS })
  },
  js([x], { shape, shapes: [own], attrs }) {
    const { steps, offset } = gridIn(own, attrs as unknown as Grid)
    return view(x, shape, steps, offset)
  },
}

/** Zeros of `shape` with the elements of x at `starts + i·steps`: padding, zero insertion, the transpose of slice. */
export function place(x: Tensor, shape: Shape, starts: readonly number[], steps: Shape = starts.map(() => 1)): Tensor {
  return equal(x.shape, shape) && starts.every(s => s === 0) ? x : bind(placeOp, [x], { shape, starts, steps })
}
const placeOp: Op = {
  name: 'place',
  shape([x], attrs) {
    fits(x, attrs.shape as Shape, attrs as unknown as Grid)
    return attrs.shape as Shape
  },
  vjp: (g, _, [x], { starts, steps }) => [slice(g, starts as Shape, x.shape, steps as Shape)],
  onnx(emit, [x], { attrs, shape, inputs: [{ shape: own }] }) {
    const { starts, steps } = attrs as unknown as Grid
    const spread = own.map((d, i) => d * steps[i])
    const y = steps.every(s => s === 1) ? x : withZeros(emit, x, own, steps)
    // Behind the last element too many zeros may stand: a negative pad takes them away.
    const ends = shape.map((d, i) => (d < 0 ? 0 : d - starts[i] - spread[i]))
    if (starts.every(s => s === 0) && ends.every(e => e === 0)) return y
    return emit.node('Pad', [y, emit.ints([...starts, ...ends])])
  },
  tfjs(tf, [x], { shape, attrs }) {
    const { starts, steps } = attrs as unknown as Grid
    const spread = steps.reduce((y, step, axis) => spacedOut(tf, y, step, axis), x)
    const size = spread.shape.map((d, i) => Math.min(d, shape[i] - starts[i]))
    const fitting = tf.run('Slice', { x: spread }, { begin: starts.map(() => 0), size })
    const paddings = starts.map((start, i) => [start, shape[i] - start - size[i]])
    return tf.run('PadV2', { x: fitting }, { paddings, constantValue: 0 })
  },
  js([x], { shape, shapes: [own], attrs }) {
    const out = new Float64Array(size(shape))
    const { steps, offset } = gridIn(shape, attrs as unknown as Grid)
    walk(own, steps, offset, (i, j) => {
      out[j] = x[i]
    })
    return out
  },
}

/** `steps` − 1 zeros behind each element. Along height and width the runtime's ConvTranspose is fastest, by far. */
function withZeros(emit: OnnxEmitter, x: string, own: Shape, steps: Shape): string {
  if (own.length === 4 && steps[0] === 1 && steps[1] === 1) {
    const one = emit.floats(Array(own[1]).fill(1), [own[1], 1, 1, 1])
    const [, , ...strides] = steps
    return emit.node('ConvTranspose', [x, one], {
      group: own[1],
      kernel_shape: [1, 1],
      strides,
      output_padding: strides.map(s => s - 1),
    })
  }
  // [.., L, ..] → [.., L, 1, ..] → zeros behind each element [.., L, step, ..] → [.., L·step, ..]
  const split = emit.node('Reshape', [x, emit.ints(onnxShape(own.flatMap(d => [d, 1])))])
  const zeros = steps.flatMap(s => [0, s - 1])
  const padded = emit.node('Pad', [split, emit.ints([...zeros.map(() => 0), ...zeros])])
  return emit.node('Reshape', [padded, emit.ints(onnxShape(own.map((d, i) => d * steps[i])))])
}

/** `step` − 1 zeros behind each element along an axis. */
function spacedOut(tf: TfjsKernels, x: TfjsTensor, step: number, axis: number): TfjsTensor {
  if (step === 1) return x
  const [elements, inner] = [x.shape.slice(0, axis + 1), x.shape.slice(axis + 1)].map(part =>
    part.reduce((a, b) => a * b, 1),
  )
  const column = tf.run('Reshape', { x }, { shape: [elements, 1, inner] })
  const spaced = tf.run(
    'PadV2',
    { x: column },
    {
      paddings: [
        [0, 0],
        [0, step - 1],
        [0, 0],
      ],
      constantValue: 0,
    },
  )
  return tf.run('Reshape', { x: spaced }, { shape: x.shape.with(axis, x.shape[axis] * step) })
}

/** Zeros around x: `before` and `after` each axis. */
export const pad = (x: Tensor, before: readonly number[], after: readonly number[]): Tensor =>
  place(
    x,
    x.shape.map((d, i) => (d < 0 ? d : d + before[i] + after[i])),
    before,
  )

/** One after the other along `axis`. */
export const concat = (xs: readonly Tensor[], axis: number): Tensor =>
  xs.length === 1 ? xs[0] : bind(concatOp, xs, { axis: axis < 0 ? axis + xs[0].shape.length : axis })
const concatOp: Op = {
  name: 'concat',
  shape(inputs, { axis }) {
    const at = axis as number
    for (const other of inputs)
      if (other.length !== inputs[0].length || other.some((d, i) => i !== at && d !== inputs[0][i]))
        throw new ShapeError(`Cannot join [${show(inputs[0])}] and [${show(other)}] along axis ${at}`)
    const length = inputs.reduce((total, x) => total + x[at], 0)
    if (inputs.some(x => x[at] < 0 !== length < 0))
      throw new ShapeError(`Cannot join [${inputs.map(show).join('] and [')}] along the batch`)
    return inputs[0].map((d, i) => (i === at ? length : d))
  },
  vjp(g, _, inputs, { axis }) {
    let at = 0
    return inputs.map(({ shape }) => {
      const starts = shape.map((_, i) => (i === axis ? at : 0))
      at += shape[axis as number]
      return slice(g, starts, shape)
    })
  },
  onnx: (emit, inputs, { attrs }) => emit.node('Concat', inputs, { axis: attrs.axis as number }),
  tfjs: (tf, inputs, { attrs: { axis } }) => tf.run('Concat', inputs, { axis }),
  js(data, { shape, shapes, attrs }) {
    const out = new Float64Array(size(shape))
    const steps = strides(shape)
    let at = 0
    for (const [k, x] of data.entries()) {
      walk(shapes[k], steps, at * steps[attrs.axis as number], (i, j) => {
        out[j] = x[i]
      })
      at += shapes[k][attrs.axis as number]
    }
    return out
  },
}

/** `inner`, checked to lie as a grid inside `outer`. */
function fits(inner: Shape, outer: Shape, { starts, steps }: Grid): Shape {
  const inside = outer.every((d, i) =>
    d < 0
      ? inner[i] === d && starts[i] === 0 && steps[i] === 1
      : inner[i] > 0 && starts[i] >= 0 && steps[i] >= 1 && starts[i] + (inner[i] - 1) * steps[i] < d,
  )
  if (inner.length !== outer.length || !inside)
    throw new ShapeError(`[${show(inner)}] from [${starts}] in steps of [${steps}] does not lie in [${show(outer)}]`)
  return inner
}

const NO_MASKS = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 }

function gridIn(outer: readonly number[], grid: Grid): { steps: number[]; offset: number } {
  const own = strides(outer)
  return {
    steps: own.map((step, i) => step * grid.steps[i]),
    offset: own.reduce((at, step, i) => at + step * grid.starts[i], 0),
  }
}
