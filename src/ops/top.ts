import { ShapeError } from '../errors.ts'
import { equal, show, size } from '../shape.ts'
import { bind, type Tensor } from '../tensor.ts'
import type { Op, TfjsKernels, TfjsTensor } from './op.ts'

/** Where the k largest values of each row along the last axis lie, the largest first, of equal ones the first first. */
export const topIndices = (x: Tensor, k: number): Tensor => bind(topIndicesOp, [x], { k })
const topIndicesOp: Op = {
  name: 'topIndices',
  shape([x], { k }) {
    if (!((k as number) >= 1 && (k as number) <= x[x.length - 1]))
      throw new ShapeError(`There are no ${k} largest values along the last axis of [${show(x)}]`)
    return x.with(-1, k as number)
  },
  vjp: () => [null],
  onnx(emit, [x], { attrs: { k } }) {
    const places = emit.second('TopK', [x, emit.ints([k as number])], { axis: -1, largest: 1, sorted: 1 })
    return emit.node('Cast', [places], { to: 1 })
  },
  tfjs(tf, [x], { attrs: { k } }) {
    const [, places] = tf.all('TopK', { x }, { k, sorted: true })
    return tf.run('Cast', { x: places }, { dtype: 'float32' })
  },
  js([x], { shape, shapes: [own], attrs: { k } }) {
    const out = new Float64Array(size(shape))
    const length = own[own.length - 1]
    for (let row = 0; row < x.length / length; row++) {
      const values = x.subarray(row * length, (row + 1) * length)
      const order = [...values.keys()].sort((a, b) => values[b] - values[a] || a - b)
      out.set(order.slice(0, k as number), row * (k as number))
    }
    return out
  },
}

/** The elements of each row along the last axis at `places`, which are computed: [.., L] and [.., K] make [.., K]. */
export const pick = (x: Tensor, places: Tensor): Tensor => bind(pickOp, [x, places])
const pickOp: Op = {
  name: 'pick',
  shape([x, places]) {
    if (!equal(x.slice(0, -1), places.slice(0, -1)))
      throw new ShapeError(`Cannot pick from the rows of [${show(x)}] at [${show(places)}]`)
    return places
  },
  vjp: (g, _, [x, places]) => [spread(g, places, x), null],
  onnx: (emit, [x, places]) => emit.node('GatherElements', [x, emit.node('Cast', [places], { to: 7 })], { axis: -1 }),
  tfjs(tf, [x, places], { shape }) {
    const all = tf.run('Reshape', { x }, { shape: [x.shape.reduce((a, b) => a * b, 1)] })
    const indices = tf.run('Reshape', { x: inWhole(tf, places, x.shape) }, { shape })
    return tf.run('GatherV2', { x: all, indices }, { axis: 0, batchDims: 0 })
  },
  js([x, places], { shape, shapes: [own] }) {
    const [count, length] = [shape[shape.length - 1], own[own.length - 1]]
    return places.map((place, i) => x[Math.floor(i / count) * length + place])
  },
}

/** Zeros with the shape of `like`, and each element of g added at its place in its row: the transpose of pick. */
const spread = (g: Tensor, places: Tensor, like: Tensor): Tensor => bind(spreadOp, [g, places, like])
const spreadOp: Op = {
  name: 'spread',
  shape: ([, , like]) => like,
  vjp: (h, _, [, places]) => [pick(h, places), null, null],
  onnx(emit, [g, places, like]) {
    const zeros = emit.node('ConstantOfShape', [emit.node('Shape', [like])])
    const whole = emit.node('Cast', [places], { to: 7 })
    return emit.node('ScatterElements', [zeros, whole, g], { axis: -1, reduction: 'add' })
  },
  tfjs(tf, [g, places], { shape }) {
    const [count, total] = [g.shape, shape].map(own => own.reduce((a, b) => a * b, 1))
    const updates = tf.run('Reshape', { x: g }, { shape: [count] })
    const x = tf.run('ScatterNd', { indices: inWhole(tf, places, shape), updates }, { shape: [total] })
    return tf.run('Reshape', { x }, { shape })
  },
  js([g, places], { shape, shapes: [own] }) {
    const out = new Float64Array(size(shape))
    const [count, length] = [own[own.length - 1], shape[shape.length - 1]]
    g.forEach((v, i) => {
      out[Math.floor(i / count) * length + places[i]] += v
    })
    return out
  },
}

/** Where `places` lie when the rows stand one after the other: [count, 1]. */
function inWhole(tf: TfjsKernels, places: TfjsTensor, own: readonly number[]): TfjsTensor {
  const [count, length] = [places.shape[places.shape.length - 1], own[own.length - 1]]
  const rows = own.slice(0, -1).reduce((a, b) => a * b, 1)
  const starts = tf.ints(
    Array.from({ length: rows * count }, (_, i) => Math.floor(i / count) * length),
    [rows * count, 1],
  )
  const whole = tf.run('Cast', { x: places }, { dtype: 'int32' })
  return tf.run('Add', { a: tf.run('Reshape', { x: whole }, { shape: starts.shape }), b: starts })
}
