import { mapAxis } from '../../../src/ops/linear-map.ts'
import { expand, expandLike, reshape, reverse, transpose } from '../../../src/ops/shape.ts'
import { concat, pad, place, slice } from '../../../src/ops/slice.ts'
import { depthToSpace, spaceToDepth } from '../../../src/ops/space.ts'
import { take } from '../../../src/ops/take.ts'
import { pick, topIndices } from '../../../src/ops/top.ts'
import { N, type Shape } from '../../../src/shape.ts'
import { constant, type Tensor } from '../../../src/tensor.ts'
import { type Case, domain, images } from '../case.ts'

const one = (name: string, shape: Shape, f: (x: Tensor) => Tensor): Case => ({ name, inputs: [domain(shape)], f })

const WEIGHTS = constant(Float32Array.of(0.5, 0.25, 0, -1, 0.75, 2), [2, 3])

export const shape: readonly Case[] = [
  one('expand in the image', images(2, 1), x => expand(x, [N, 2, 3])),
  one('expand by axes in front', [3], x => expand(x, [2, 2, 3])),
  one('expand one value an image', images(1, 1, 1), x => expand(x, [N, 2, 3, 3])),
  one('expand to its own shape', images(2), x => expand(x, [N, 2])),
  {
    name: 'expand over the batch',
    inputs: [domain([1, 3]), domain(images(3))],
    f: (w, x) => expandLike(w, x).mul(x),
  },
  {
    name: 'expand over the batch, and axes that are not of the picture',
    inputs: [domain([1, 2, 1]), domain(images(3, 2))],
    f: (w, x) => expandLike(w.mul(w), x, [N, 2, 2]).mul(x.sum([1, 2])),
  },
  {
    name: 'expand over a batch that comes second',
    inputs: [domain([2, 1]), domain(images(3))],
    f: (w, x) => expandLike(w, transpose(x, [1, 0]), [2, N]).mul(reshape(x.sum([1]), [N])),
  },
  {
    name: 'expand a scalar over the batch',
    inputs: [domain([]), domain(images(2))],
    f: (w, x) => expandLike(w, x),
  },

  one('reshape flattens', images(2, 3), x => reshape(x, [N, 6])),
  one('reshape splits', images(6), x => reshape(x, [N, 3, 2])),
  one('reshape, what is left', images(2, 3, 2), x => reshape(x, [N, 0])),
  one('reshape into the batch axis', images(2, 3), x => reshape(x, [-2, 3])),
  one('reshape into one axis', images(2, 3), x => reshape(x, [-6])),
  one('reshape through rows and back', images(4, 3), x =>
    reshape(reshape(x, [-4, 3]).matmul(transpose(reshape(x, [-4, 3]).mean([0]), [1, 0])), [N, 4]),
  ),
  one('reshape moves the batch axis', images(2, 3), x => reshape(transpose(x, [1, 0, 2]), [2, -3])),
  one('reshape to a scalar', [1, 1], x => reshape(x, [])),

  one('transpose within an image', images(2, 3, 4), x => transpose(x, [0, 2, 3, 1])),
  one('transpose moves the batch', images(2, 3), x => transpose(x, [2, 0, 1])),
  one('transpose of nothing', images(2, 3), x => transpose(x, [0, 1, 2])),

  one('reverse one axis', images(2, 3), x => reverse(x, [2])),
  one('reverse two axes', images(2, 3, 4), x => reverse(x, [2, 3])),
  one('reverse a kernel', [2, 1, 3, 3], x => reverse(x, [2, 3])),

  one('slice a corner', images(3, 4), x => slice(x, [0, 1, 2], [N, 2, 2])),
  one('slice in steps', images(2, 7), x => slice(x, [0, 0, 1], [N, 2, 3], [1, 1, 2])),
  one('slice in steps to the very end', images(5, 7), x => slice(x, [0, 0, 0], [N, 2, 3], [1, 3, 3])),
  one('slice one element', images(3, 4), x => slice(x, [0, 2, 3], [N, 1, 1])),
  one('slice without a batch', [5, 4], x => slice(x, [1, 0], [2, 2], [2, 3])),
  one('slice of everything', images(3), x => slice(x, [0, 0], [N, 3])),
  one('slices that overlap', images(5), x => slice(x, [0, 0], [N, 4]).mul(slice(x, [0, 1], [N, 4]))),

  one('place in a corner', images(2, 2), x => place(x, [N, 3, 4], [0, 1, 2])),
  one('place at the start', images(2, 2), x => place(x, [N, 3, 4], [0, 0, 0])),
  one('place in steps', images(2, 3), x => place(x, [N, 2, 8], [0, 0, 1], [1, 1, 3])),
  one('place in steps, cut behind the last', images(2, 3), x => place(x, [N, 3, 7], [0, 0, 0], [1, 2, 3])),
  one('place in steps along two axes', images(1, 3, 2), x => place(x, [N, 1, 8, 5], [0, 0, 2, 1], [1, 1, 2, 3])),
  one('place in steps, in each of several channels', images(3, 2, 4), x =>
    place(x, [N, 3, 3, 8], [0, 0, 0, 0], [1, 1, 2, 2]),
  ),
  one('place without a batch', [2, 2], x => place(x, [5, 4], [1, 0], [3, 2])),
  one('place, steps without effect', images(1), x => place(x, [N, 3], [0, 1], [1, 2])),
  one('pad on all sides', images(1, 2, 3), x => pad(x, [0, 0, 1, 2], [0, 0, 2, 1])),
  one('pad by nothing', images(2, 3), x => pad(x, [0, 0, 0], [0, 0, 0])),

  one('take in any order', images(4, 3), x => take(x, [2, 0, 3], 1)),
  one('take some twice', images(2, 5), x => take(x, [4, 0, 4, 4, 1, 0], 2)),
  one('take all, reordered', images(3, 2, 2), x => take(x, [2, 0, 1], 1)),
  one('take squares', images(3), x => take(x.mul(x), [0, 0, 2], 1)),
  one('take without a batch', [3, 4], x => take(x, [2, 2, 1], 0)),
  one('the largest of each row', images(2, 5), x => pick(x, topIndices(x, 2))),
  one('the largest of equal ones', [2, 4], x => pick(x, topIndices(x.mul(0), 3))),
  one('the places of the largest', images(2, 5), x => topIndices(x, 3)),
  {
    name: 'pick at the places of the largest of another, some twice',
    inputs: [domain(images(4)), domain(images(4))],
    f: (x, other) => pick(x.mul(x), concat([topIndices(other, 2), topIndices(other, 3)], 1)),
  },
  one('mapAxis of the last axis', images(2, 3), x => mapAxis(x, WEIGHTS, 2)),
  one('mapAxis of an inner axis', images(3, 2, 2), x => mapAxis(x, WEIGHTS, 1)),
  one('mapAxis of the only axis', [3], x => mapAxis(x, WEIGHTS, 0)),
  one('mapAxis of the first of two', [3, 2], x => mapAxis(x.mul(x), WEIGHTS, 0)),

  { name: 'concat channels', inputs: [domain(images(1, 2)), domain(images(3, 2))], f: (a, b) => concat([a, b], 1) },
  {
    name: 'concat the last axis',
    inputs: [domain(images(2, 1)), domain(images(2, 3))],
    f: (a, b) => concat([a, b], -1),
  },
  {
    name: 'concat three, one of them twice',
    inputs: [domain(images(2, 2, 2)), domain(images(1, 2, 2))],
    f: (a, b) => concat([a, b, a.mul(a)], 1),
  },
  { name: 'concat without a batch', inputs: [domain([2, 3]), domain([1, 3])], f: (a, b) => concat([a, b], 0) },
  one('concat of one', images(2), x => concat([x], 1)),

  one('depthToSpace, blocks of 2', images(8, 2, 3), x => depthToSpace(x, 2)),
  one('depthToSpace, blocks of 3', images(9, 2, 1), x => depthToSpace(x, 3)),
  one('spaceToDepth, blocks of 2', images(2, 4, 6), x => spaceToDepth(x, 2)),
  one('spaceToDepth, blocks of 3', images(1, 3, 6), x => spaceToDepth(x, 3)),
]
