import { expect, test } from '@jest/globals'
import { evaluate } from '../../../src/evaluate.ts'
import { maskedGradients } from '../../../src/exec/tfjs/masks.ts'
import { backward } from '../../../src/grad.ts'
import { toposort } from '../../../src/graph.ts'
import { clip, relu } from '../../../src/ops/elementwise.ts'
import { simplify } from '../../../src/simplify.ts'
import { input, type Tensor } from '../../../src/tensor.ts'
import { values } from '../../support/values.ts'

const x = input([-1, 5, 4, 4], 'x')
const v = input([-1, 5, 4, 4], 'v')
const slope = (y: Tensor): Tensor[] => simplify(backward(y.mul(v).sum(), [x]))
const names = (outputs: readonly Tensor[]): string[] => toposort(outputs).map(({ op }) => op.name)

test.each<[string, () => Tensor, string]>([
  ['Relu', () => relu(x), 'reluGradient'],
  ['Relu6', () => clip(x, 0, 6), 'relu6Gradient'],
])('the gradient of a %s is one kernel', (_, make, kernel) => {
  const before = slope(make())
  const after = maskedGradients(before, () => true)
  expect(names(after)).toContain(kernel)
  expect(names(after).filter(name => name === 'positive' || name === 'minimum')).toEqual([])
  const feeds = new Map([
    [x, values(x.shape, 2, -9, 9, 1)],
    [v, values(v.shape, 2, -1, 1, 2)],
  ])
  expect(evaluate(after, feeds, 2)).toEqual(evaluate(before, feeds, 2))
})

test('other bounds, and backends without such kernels, keep what they have', () => {
  const bounded = slope(clip(x, 0, 5))
  expect(names(maskedGradients(bounded, () => true))).not.toContain('relu6Gradient')
  const rectified = slope(relu(x))
  expect(maskedGradients(rectified, () => false)).toEqual(rectified)
})
