import { ShapeError } from '../errors.ts'
import { type Shape, show, size, strides } from '../shape.ts'
import { bind, type Tensor } from '../tensor.ts'
import type { Op } from './op.ts'
import { pad } from './slice.ts'

/** The elements of x at `indices` along an axis, one after the other: in any order, some never, some more than once. */
export const take = (x: Tensor, indices: readonly number[], axis: number): Tensor =>
  bind(takeOp, [x], { indices, axis })
const takeOp: Op = {
  name: 'take',
  shape([x], attrs) {
    const { indices, axis } = attrs as unknown as Places
    if (indices.length === 0 || indices.some(i => !(Number.isInteger(i) && i >= 0 && i < x[axis])))
      throw new ShapeError(`[${indices}] do not lie in axis ${axis} of [${show(x)}]`)
    return x.with(axis, indices.length)
  },
  // An element gets the cotangents of its first, second, … appearance; in their place stands a zero where it has none.
  vjp(g, _, [x], attrs) {
    const { indices, axis } = attrs as unknown as Places
    const zero = g.shape.map((_, i) => Number(i === axis))
    const padded = pad(
      g,
      zero.map(() => 0),
      zero,
    )
    const rounds = appearances(indices, x.shape[axis])
    return [rounds.map(places => take(padded, places, axis)).reduce((a, b) => a.add(b))]
  },
  onnx(emit, [x], { attrs }) {
    const { indices, axis } = attrs as unknown as Places
    return emit.node('Gather', [x, emit.ints(indices)], { axis })
  },
  tfjs(tf, [x], { attrs }) {
    const { indices, axis } = attrs as unknown as Places
    return tf.run('GatherV2', { x, indices: tf.ints(indices) }, { axis, batchDims: 0 })
  },
  js([x], { shape, shapes: [own], attrs }) {
    const { indices, axis } = attrs as unknown as Places
    const inner = strides(own)[axis]
    return new Float64Array(size(shape)).map((_, i) => {
      const row = Math.floor(i / inner)
      const outer = Math.floor(row / indices.length)
      return x[(outer * own[axis] + indices[row % indices.length]) * inner + (i % inner)]
    })
  },
}

interface Places {
  readonly indices: readonly number[]
  readonly axis: number
}

/** Where each of `length` elements appears for the first time, for the second, …; behind the last where it does not. */
function appearances(indices: readonly number[], length: number): Shape[] {
  const rounds: number[][] = []
  const seen = new Array<number>(length).fill(0)
  for (const [place, i] of indices.entries()) {
    rounds[seen[i]] ??= new Array<number>(length).fill(indices.length)
    rounds[seen[i]++][i] = place
  }
  return rounds
}
