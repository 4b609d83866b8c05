import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../src/evaluate.ts'
import { narrow } from '../src/narrow.ts'
import { conv } from '../src/ops/conv.ts'
import { relu } from '../src/ops/elementwise.ts'
import { averagePool } from '../src/ops/pool.ts'
import { print } from '../src/print.ts'
import { N, type Shape } from '../src/shape.ts'
import { constant, input, type Tensor } from '../src/tensor.ts'
import { values } from './support/values.ts'

const weights = (shape: Shape, seed: number): Tensor =>
  constant(Float32Array.from(values(shape, 1, -1, 1, seed)), shape)
const x = input([N, 3, 9, 8], 'x')

function expectSame(before: readonly Tensor[]): Tensor[] {
  const after = narrow(before)
  const feeds = new Map([[x, values(x.shape, 2, -1, 1, 5)]])
  expect(evaluate(after, feeds, 2)).toEqual(evaluate(before, feeds, 2))
  return after
}

/** conv 3x3, conv 1x1, and the input beside them. */
const block = (): Tensor =>
  relu(
    conv(
      relu(conv(x, weights([4, 3, 3, 3], 1), { pads: [1, 1, 1, 1] })),
      weights([3, 4, 1, 1], 2),
      {},
      weights([3], 3),
    ).add(x),
  )

describe('a stride moves up', () => {
  test('through a residual block of which strided 1x1 convolutions alone read', () => {
    const y = block()
    const [a, b] = [4, 5].map(seed => conv(y, weights([2, 3, 1, 1], seed), { strides: [2, 2] }))
    expect(print(expectSame([relu(a).add(b)]))).toMatchInlineSnapshot(`
"x: [N, 3, 9, 8]
%1 = conv(x, [4, 3, 3, 3]) {strides: 2 2, pads: 1 1 1 1} : [N, 4, 5, 4]
%2 = relu(%1) : [N, 4, 5, 4]
%3 = conv(%2, [3, 4, 1, 1], [3]) : [N, 3, 5, 4]
%4 = slice(x) {starts: 0 0 0 0, steps: 1 1 2 2} : [N, 3, 5, 4]
%5 = add(%3, %4) : [N, 3, 5, 4]
%6 = relu(%5) : [N, 3, 5, 4]
%7 = conv(%6, [2, 3, 1, 1]) : [N, 2, 5, 4]
%8 = relu(%7) : [N, 2, 5, 4]
%9 = conv(%6, [2, 3, 1, 1]) : [N, 2, 5, 4]
%10 = add(%8, %9) : [N, 2, 5, 4]
return %10"
`)
  })
  test('as far as both strides go', () => {
    const y = block()
    const [a, b] = [2, 4].map(s => conv(y, weights([2, 3, 1, 1], s), { strides: [s, s] }))
    expect(print(expectSame([a, b]))).toMatchInlineSnapshot(`
"x: [N, 3, 9, 8]
%1 = conv(x, [4, 3, 3, 3]) {strides: 2 2, pads: 1 1 1 1} : [N, 4, 5, 4]
%2 = relu(%1) : [N, 4, 5, 4]
%3 = conv(%2, [3, 4, 1, 1], [3]) : [N, 3, 5, 4]
%4 = slice(x) {starts: 0 0 0 0, steps: 1 1 2 2} : [N, 3, 5, 4]
%5 = add(%3, %4) : [N, 3, 5, 4]
%6 = relu(%5) : [N, 3, 5, 4]
%7 = conv(%6, [2, 3, 1, 1]) : [N, 2, 5, 4]
%8 = conv(%6, [2, 3, 1, 1]) {strides: 2 2} : [N, 2, 3, 2]
return %7, %8"
`)
  })
})

describe('nothing moves', () => {
  const untouched = (outputs: readonly Tensor[]): void => expect(print(narrow(outputs))).toBe(print(outputs))

  test('where somebody reads every pixel', () => {
    const y = block()
    untouched([conv(y, weights([2, 3, 1, 1], 4), { strides: [2, 2] }), y.mean([2, 3])])
    untouched([conv(y, weights([2, 3, 1, 1], 4), { strides: [2, 2] }), y])
  })
  test('for a larger kernel, or one with pads', () => {
    untouched([conv(block(), weights([2, 3, 3, 3], 4), { strides: [2, 2] })])
    untouched([conv(block(), weights([2, 3, 1, 1], 4), { strides: [2, 2], pads: [1, 1, 1, 1] })])
  })
  test('where numbers of a pixel are added', () => {
    const y = relu(conv(x, weights([3, 3, 3, 3], 1), { pads: [1, 1, 1, 1] }).add(weights([1, 9, 8], 2)))
    untouched([conv(y, weights([2, 3, 1, 1], 4), { strides: [2, 2] })])
  })
  test('behind something other than convolutions', () => {
    const pooled = averagePool(x, { kernel: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] })
    untouched([conv(relu(pooled), weights([2, 3, 1, 1], 4), { strides: [2, 2] })])
  })
})
