import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../../../src/evaluate.ts'
import { masksBehindPools } from '../../../src/exec/ort/pool-masks.ts'
import { backward } from '../../../src/grad.ts'
import { toposort } from '../../../src/graph.ts'
import { clip, positive, relu, sigmoid } from '../../../src/ops/elementwise.ts'
import { maxPool, type Pooling } from '../../../src/ops/pool.ts'
import { simplify } from '../../../src/simplify.ts'
import { input, type Tensor } from '../../../src/tensor.ts'
import { values } from '../../support/values.ts'

const x = input([-1, 2, 7, 6], 'x')
const window: Pooling = { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1] }
const pool = (t: Tensor): Tensor => maxPool(t, window)
const slope = (y: Tensor): Tensor[] => simplify(backward(y.mul(y).sum(), [x]))

/** Shapes of what masks are computed of. */
const masked = (graph: readonly Tensor[]): string[] =>
  toposort(graph).flatMap(({ op, shape }) => (op.name === 'positive' ? [shape.slice(2).join('x')] : []))

function expectSame(before: readonly Tensor[]): Tensor[] {
  const after = masksBehindPools(before)
  const feeds = new Map([[x, values(x.shape, 2, -3, 3, 1)]])
  expect(evaluate(after, feeds, 2)).toEqual(evaluate(before, feeds, 2))
  return after
}

describe('the mask of an activation before a max pooling', () => {
  test.each([
    ['a ReLU', relu(x)],
    ['a clamp', clip(x, 0, 1)],
  ])('%s: meets the small map', (_, activated) => {
    const before = slope(pool(activated))
    expect(masked(before)).toEqual(['7x6'])
    expect(masked(expectSame(before))).toEqual(['4x3'])
  })
  test('stays where others read the gradient too', () => {
    const y = relu(x)
    const before = slope(
      pool(y)
        .mean([2, 3])
        .add(y.mean([2, 3])),
    )
    expect(masked(expectSame(before))).toEqual(['7x6'])
  })
  test('stays where it is one of something else', () => {
    const y = sigmoid(x)
    const [gradient] = backward(pool(y).sum(), [y])
    const before = [gradient.mul(positive(x))]
    expect(masked(expectSame(before))).toEqual(['7x6'])
  })
})
