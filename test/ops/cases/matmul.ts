import { matmul as product } from '../../../src/ops/matmul.ts'
import { reshape, transpose } from '../../../src/ops/shape.ts'
import { softmax } from '../../../src/ops/softmax.ts'
import { N, type Shape } from '../../../src/shape.ts'
import { type Case, domain, images } from '../case.ts'

const STACKS: readonly (readonly [name: string, a: Shape, b: Shape])[] = [
  ['of one matrix with stacks', [2, 3], images(3, 4)],
  ['of stacks with one matrix', images(2, 3), [3, 4]],
  ['of stacks with one matrix, one row a picture', images(1, 3), [1, 3, 4]],
  ['of stacks with one matrix, one row of each stack', images(2, 1, 3), [3, 4]],
  ['of heads', images(2, 3, 4), images(2, 4, 3)],
  ['of heads with one row', images(2, 1, 4), images(2, 4, 3)],
  ['of stacks that are broadcast both ways', images(1, 2, 3), [4, 3, 2]],
  ['of stacks without a batch', [2, 2, 3], [2, 3, 1]],
]

export const matmul: readonly Case[] = [
  { name: 'matmul, the batch as rows', inputs: [domain(images(4)), domain([4, 3])], f: product },
  {
    name: 'matmul, the batch as columns',
    inputs: [domain([3, 4]), domain(images(4))],
    f: (a, b) => product(a, transpose(b, [1, 0])),
  },
  {
    name: 'matmul, summed over the batch',
    inputs: [domain(images(2)), domain(images(3))],
    f: (a, b) => product(transpose(a, [1, 0]), b),
  },
  { name: 'matmul without a batch', inputs: [domain([2, 1]), domain([1, 3])], f: product },
  ...STACKS.map(([name, a, b]) => ({ name: `matmul ${name}`, inputs: [domain(a), domain(b)], f: product })),
  {
    name: 'matmul of many rows a picture, with a bias',
    inputs: [domain(images(7, 5)), domain([5, 6]), domain([6])],
    f: (x, w, b) => reshape(product(reshape(x, [-7, 5]), w).add(b), [N, 7, 6]),
  },
  {
    name: 'attention of two heads',
    inputs: [domain(images(2, 5, 3)), domain(images(2, 5, 3)), domain(images(2, 5, 4))],
    f: (q, k, v) => product(softmax(product(q, transpose(k, [0, 1, 3, 2]))), v),
  },
]
