import { AdvxError } from '../../errors.ts'
import type { Tensor } from '../../tensor.ts'
import { type Form, type Forms, inOrder, int32, last, natural, own, placeOf } from './form.ts'
import { flag, tfLengths, whole } from './writer.ts'

const folded = (op: string): Form => ({
  order: natural,
  write(w, { inputs: [x], attrs }, order) {
    const axes = (attrs.axes as readonly number[]).map(axis => placeOf(axis, order))
    return w.node(op, [w.value(x, order), w.ints(axes)], { keep_dims: flag(true), Tidx: int32 })
  },
})

const rows = (op: string): Form => ({ order: own, write: (w, { inputs: [x] }) => w.node(op, [w.value(x, 'own')]) })

const reshaped: Form = {
  order: own,
  write: (w, { inputs: [x], shape }) => w.node('Reshape', [w.value(x, 'own'), w.ints(tfLengths(shape))]),
}

/** Pictures through six axes, the inner four of which are rows and columns of blocks, and within them: the middle two change places. */
const blockwise = (between: (node: Tensor) => readonly number[]): Form => ({
  order: last,
  write(w, node) {
    const [, c, height, width] = node.shape
    const apart = w.node('Reshape', [w.value(node.inputs[0], 'last'), w.ints([-1, ...between(node)])])
    const turned = w.node('Transpose', [apart, w.ints([0, 1, 3, 2, 4, 5])], { Tperm: int32 })
    return w.node('Reshape', [turned, w.ints([-1, height, width, c])])
  },
})

export const SHAPE_FORMS: Forms = {
  sum: folded('Sum'),
  mean: folded('Mean'),
  max: folded('Max'),
  softmax: rows('Softmax'),
  logSoftmax: rows('LogSoftmax'),

  reshape: reshaped,
  asBatch: reshaped,
  transpose: {
    order: own,
    write: (w, { inputs: [x], attrs }) => w.node('Transpose', [w.value(x, 'own'), w.ints(attrs.perm as number[])]),
  },
  depthToSpace: blockwise(({ inputs: [x], shape, attrs: { block } }) => [
    ...x.shape.slice(2),
    block as number,
    block as number,
    shape[1],
  ]),
  spaceToDepth: blockwise(({ inputs: [x], shape, attrs: { block } }) => [
    shape[2],
    block as number,
    shape[3],
    block as number,
    x.shape[1],
  ]),
  matmul: {
    order: own,
    write(w, { inputs }) {
      const factors = inputs.map(t => w.value(t, 'own'))
      if (inputs.every(t => t.shape.length === 2))
        return w.node('MatMul', factors, { transpose_a: flag(false), transpose_b: flag(false) })
      return w.node('BatchMatMulV2', factors, { adj_x: flag(false), adj_y: flag(false) })
    },
  },
  expand: {
    order: own,
    write(w, { inputs: [x, like], shape }) {
      const lengths = [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape]
      const batch = lengths.findIndex((d, i) => d > 0 && shape[i] < 0)
      const once = w.node('Reshape', [w.value(x, 'own'), w.ints(tfLengths(lengths))])
      const repeats = shape.map((d, i) => (i === batch ? 1 : d / lengths[i]))
      const tiled = repeats.every(r => r === 1) ? once : w.node('Tile', [once, w.ints(repeats)])
      if (batch < 0) return tiled
      // Once a picture: how many there are only a sum over each tells, times 0.
      const rest = [...like.shape.keys()].filter(axis => like.shape[axis] !== shape[batch])
      const sums = w.node('Sum', [w.value(like, 'own'), w.ints(rest)], { keep_dims: flag(false), Tidx: int32 })
      const zeros = w.node('Mul', [sums, w.floats(Float32Array.of(0), [])])
      const column = w.node('Reshape', [zeros, w.ints(tfLengths(shape.map((d, i) => (i === batch ? d : 1))))])
      return w.node('AddV2', [tiled, column])
    },
  },
  reverse: {
    order: natural,
    write(w, { inputs: [x], attrs }, order) {
      const axes = (attrs.axes as readonly number[]).map(axis => placeOf(axis, order))
      return w.node('ReverseV2', [w.value(x, order), w.ints(axes)], { Tidx: int32 })
    },
  },
  take: {
    order: natural,
    write(w, { inputs: [x], attrs }, order) {
      const axis = w.ints([placeOf(attrs.axis as number, order)], [])
      return w.node('GatherV2', [w.value(x, order), w.ints(attrs.indices as number[]), axis], { batch_dims: whole(0) })
    },
  },
  concat: {
    order: natural,
    write(w, { inputs, attrs }, order) {
      const axis = w.ints([placeOf(attrs.axis as number, order)], [])
      const attr = { N: whole(inputs.length), Tidx: int32 }
      return w.node('ConcatV2', [...inputs.map(t => w.value(t, order)), axis], attr)
    },
  },
  slice: {
    order: natural,
    write(w, { inputs: [x], attrs, shape }, order) {
      const [starts, steps] = [attrs.starts, attrs.steps].map(values => inOrder(values as number[], order))
      const [lengths, full] = [shape, x.shape].map(s => inOrder(s, order))
      const ends = starts.map((start, i) => (full[i] < 0 ? 0 : start + (lengths[i] - 1) * steps[i] + 1))
      const batch = full.reduce((mask, d, i) => (d < 0 ? mask | (1 << i) : mask), 0)
      const none = { ellipsis_mask: whole(0), new_axis_mask: whole(0), shrink_axis_mask: whole(0) }
      return w.node('StridedSlice', [w.value(x, order), ...[starts, ends, steps].map(values => w.ints(values))], {
        ...none,
        begin_mask: whole(batch),
        end_mask: whole(batch),
      })
    },
  },
  place: {
    order: natural,
    write(w, { inputs: [x], attrs, shape }, order) {
      if ((attrs.steps as number[]).some(step => step !== 1))
        throw new AdvxError('model', 'Zeros between elements have no form in TensorFlow.js.')
      const starts = attrs.starts as number[]
      const sides = shape.map((d, i) => (d < 0 ? [0, 0] : [starts[i], d - starts[i] - x.shape[i]]))
      const ordered = inOrder([...sides.keys()], order).flatMap(i => sides[i])
      const attr = { Tpaddings: int32 }
      return w.node('Pad', [w.value(x, order), w.ints(ordered, [shape.length, 2])], attr)
    },
  },
}
