import { kthLargest } from '../../../src/ops/reduce.ts'
import { logSoftmax, logSumExp, softmax } from '../../../src/ops/softmax.ts'
import type { Shape } from '../../../src/shape.ts'
import type { Tensor } from '../../../src/tensor.ts'
import { type Case, domain, images } from '../case.ts'

const AXES: readonly (readonly [Shape, readonly number[] | undefined])[] = [
  [images(2, 3), undefined],
  [images(2, 3), [2]],
  [images(2, 3), [1, 2]],
  [images(2, 3), [1]],
  [images(2, 3), [0]],
  [images(2, 3), [0, 2]],
  [images(2, 3), [-1]],
  [images(2, 3), [2, 1]],
  [images(2, 3, 4), [2, 3]],
  [images(2, 3, 4), [1, 2, 3]],
  [images(2, 3, 4), [1, 3]],
  [images(3, 6, 6), [1, 2]],
  [images(5, 37), [1]],
  [images(1, 1), [1, 2]],
  [[3, 2, 4], [0]],
  [
    [3, 2, 4],
    [1, 2],
  ],
  [[4], [0]],
  [[], undefined],
]

const reduction = (name: string, f: (x: Tensor, axes?: readonly number[]) => Tensor): Case[] =>
  AXES.map(([shape, axes]) => ({
    name: `${name} of [${shape}] along ${axes ? `[${axes}]` : 'all'}`,
    inputs: [domain(shape)],
    f: x => f(x, axes),
  }))

/** Along the last axis, with moderate numbers and with large ones. */
const normaliser = (name: string, f: (x: Tensor) => Tensor): Case[] =>
  [images(5), images(2, 4), [3, 2], images(1)].flatMap(shape => [
    { name: `${name} of [${shape}]`, inputs: [domain(shape, -3, 3)], f },
    { name: `${name} of [${shape}], large numbers`, inputs: [domain(shape, 400, 404)], f },
  ])

export const reduce: readonly Case[] = [
  ...reduction('sum', (x, axes) => x.sum(axes)),
  ...reduction('mean', (x, axes) => x.mean(axes)),
  ...reduction('max', (x, axes) => x.max(axes)),
  ...reduction('sum of squares', (x, axes) => x.mul(x).sum(axes)),
  { name: 'mean of squares over the batch', inputs: [domain(images(3))], f: x => x.mul(x).mean() },

  ...[1, 3, 6].map(k => ({
    name: `kthLargest, k = ${k} of 6`,
    inputs: [domain(images(2, 3))],
    f: (x: Tensor) => kthLargest(x, k),
  })),
  { name: 'kthLargest of pictures', inputs: [domain(images(3, 4, 4))], f: x => kthLargest(x, 7) },

  ...normaliser('softmax', softmax),
  ...normaliser('logSoftmax', logSoftmax),
  ...normaliser('logSumExp', logSumExp),
]
