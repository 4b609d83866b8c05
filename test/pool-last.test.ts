import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../src/evaluate.ts'
import { conv } from '../src/ops/conv.ts'
import { averagePool, type Pooling } from '../src/ops/pool.ts'
import { poolLast } from '../src/pool-last.ts'
import { print } from '../src/print.ts'
import { N, type Shape } from '../src/shape.ts'
import { constant, input, type Tensor } from '../src/tensor.ts'
import { values } from './support/values.ts'

const weights = (shape: Shape, seed: number): Tensor =>
  constant(Float32Array.from(values(shape, 1, -1, 1, seed)), shape)
const x = input([N, 4, 5, 6], 'x')
const SAME: Pooling = { kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1] }
const w = weights([2, 4, 1, 1], 1)
const b = weights([2], 2)

function expectSame(before: Tensor): Tensor {
  const [after] = poolLast([before])
  const feeds = new Map([[x, values(x.shape, 2, -1, 1, 5)]])
  const [[wanted], [got]] = [evaluate([before], feeds, 2), evaluate([after], feeds, 2)]
  for (const [i, v] of wanted.entries()) expect(got[i]).toBeCloseTo(v, 12)
  return after
}

describe('a 1x1 convolution with fewer outputs goes first', () => {
  test.each([
    ['with a bias', averagePool(x, SAME), b],
    ['without one, pads count', averagePool(x, SAME, true), undefined],
    ['with one, pads count', averagePool(x, SAME, true), b],
    ['with one, no pads', averagePool(x, { ...SAME, pads: [0, 0, 0, 0] }, true), b],
  ])('%s', (_, pooled, bias) => {
    const last = expectSame(conv(pooled, w, {}, bias))
    expect((last.op.name === 'add' ? last.inputs[0] : last).op.name).toBe('averagePool')
  })
})

describe('nothing moves', () => {
  const untouched = (...outputs: Tensor[]): void => expect(print(poolLast(outputs))).toBe(print(outputs))
  const pooled = averagePool(x, SAME)
  test('for more outputs than inputs', () => untouched(conv(pooled, weights([5, 4, 1, 1], 3))))
  test('for larger kernels', () => untouched(conv(pooled, weights([2, 4, 3, 3], 3))))
  test('for strides', () => {
    untouched(conv(averagePool(x, { ...SAME, strides: [2, 2] }), w))
    untouched(conv(pooled, w, { strides: [2, 2] }))
  })
  test('where others read the means as well', () => untouched(conv(pooled, w), pooled))
})
