import { describe, expect, test } from '@jest/globals'
import { ShapeError } from '../../src/errors.ts'
import { evaluate } from '../../src/evaluate.ts'
import { conv, PLAIN } from '../../src/ops/conv.ts'
import { clip, greater, maximum, minimum, positive, relu, sign, softplus, where } from '../../src/ops/elementwise.ts'
import { erf } from '../../src/ops/erf.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { averagePool, maxPool, type Pooling } from '../../src/ops/pool.ts'
import { kthLargest } from '../../src/ops/reduce.ts'
import { ceil, floor, round, truncate } from '../../src/ops/rounding.ts'
import { expand, reshape, reverse, transpose } from '../../src/ops/shape.ts'
import { concat, place, slice } from '../../src/ops/slice.ts'
import { logSoftmax, logSumExp, softmax } from '../../src/ops/softmax.ts'
import { depthToSpace, spaceToDepth } from '../../src/ops/space.ts'
import { take } from '../../src/ops/take.ts'
import { pick, topIndices } from '../../src/ops/top.ts'
import { N } from '../../src/shape.ts'
import { constant, input, type Tensor } from '../../src/tensor.ts'

// The reference kernels against numbers worked out by hand or printed in the ONNX specification,
// https://github.com/onnx/onnx/blob/main/docs/Operators.md

const of = (data: readonly number[], ...shape: number[]): Tensor => constant(Float32Array.from(data), shape)
const counting = (...shape: number[]): Tensor => of([...Array(shape.reduce((a, b) => a * b, 1)).keys()], ...shape)
const run = (t: Tensor): number[] => [...evaluate([t])[0]]
const window = (attrs: Partial<Pooling>): Pooling => ({ ...PLAIN, kernel: [2, 2], ...attrs })

describe('convolutions (ONNX: Conv)', () => {
  const x = counting(1, 1, 5, 5)
  const ones = of(Array(9).fill(1), 1, 1, 3, 3)

  test('with pads', () => {
    const y = conv(x, ones, { pads: [1, 1, 1, 1] })
    expect(run(y)).toEqual([
      12, 21, 27, 33, 24, 33, 54, 63, 72, 51, 63, 99, 108, 117, 81, 93, 144, 153, 162, 111, 72, 111, 117, 123, 84,
    ])
  })
  test('without pads', () => {
    expect(run(conv(x, ones))).toEqual([54, 63, 72, 99, 108, 117, 144, 153, 162])
  })
  test('with strides and pads along one axis', () => {
    const y = conv(counting(1, 1, 7, 5), ones, { strides: [2, 2], pads: [1, 0, 1, 0] })
    expect(run(y)).toEqual([21, 33, 99, 117, 189, 207, 171, 183])
  })
  test('in groups, with a bias', () => {
    const y = conv(counting(1, 2, 1, 2), of([10, 100], 2, 1, 1, 1), { group: 2 }, of([0.5, -0.5], 2))
    expect(run(y)).toEqual([0.5, 10.5, 199.5, 299.5])
  })
  test('a kernel is not turned round', () => {
    expect(run(conv(of([1, 2, 3, 4], 1, 1, 1, 4), of([1, 10, 100], 1, 1, 1, 3)))).toEqual([321, 432])
  })
  test.each([
    ['channels', [1, 3, 4, 4], [2, 2, 3, 3], {}, /Cannot convolve \[1, 3, 4, 4\] with a kernel of \[2, 2, 3, 3\]/],
    ['outputs that are no multiple of the groups', [1, 2, 4, 4], [3, 1, 3, 3], { group: 2 }, /in 2 groups/],
    [
      'a kernel larger than the picture',
      [1, 1, 2, 4],
      [1, 1, 3, 3],
      {},
      /A window of 3 does not fit into a length of 2/,
    ],
  ] as const)('refuse %s', (_, x, w, attrs, message) => {
    expect(() => conv(input(x), input(w), attrs)).toThrow(ShapeError)
    expect(() => conv(input(x), input(w), attrs)).toThrow(message)
  })
  test('refuse a bias of another length', () => {
    expect(() => conv(input([1, 1, 4, 4]), input([2, 1, 3, 3]), {}, input([3]))).toThrow(
      /A bias of \[3\] for 2 channels/,
    )
  })
})

describe('pools (ONNX: MaxPool, AveragePool)', () => {
  const x = of(
    [...Array(25).keys()].map(i => i + 1),
    1,
    1,
    5,
    5,
  )

  test('maxima, padded', () => {
    const y = maxPool(x, window({ kernel: [5, 5], pads: [2, 2, 2, 2] }))
    expect(run(y)).toEqual([
      13, 14, 15, 15, 15, 18, 19, 20, 20, 20, 23, 24, 25, 25, 25, 23, 24, 25, 25, 25, 23, 24, 25, 25, 25,
    ])
  })
  test('maxima, strides', () => {
    expect(run(maxPool(x, window({ strides: [2, 2] })))).toEqual([7, 9, 17, 19])
  })
  test('maxima, dilated', () => {
    const y = maxPool(counting(1, 1, 4, 4), window({ dilations: [2, 2] }))
    expect(run(y)).toEqual([10, 11, 14, 15])
  })
  test('means leave pads out', () => {
    const y = averagePool(x, window({ kernel: [5, 5], pads: [2, 2, 2, 2] }))
    expect(
      run(y)
        .slice(0, 5)
        .map(v => Math.round(v * 10) / 10),
    ).toEqual([7, 7.5, 8, 8.5, 9])
  })
  test('means, pads count', () => {
    const y = averagePool(x, window({ kernel: [5, 5], pads: [2, 2, 2, 2] }), true)
    expect(
      run(y)
        .slice(0, 5)
        .map(v => Math.round(v * 1e4) / 1e4),
    ).toEqual([2.52, 3.6, 4.8, 4.08, 3.24])
  })
  test('means, strides', () => {
    expect(run(averagePool(x, window({ strides: [2, 2] })))).toEqual([4, 6, 14, 16])
  })
})

describe('blocks (ONNX: DepthToSpace in mode DCR, SpaceToDepth)', () => {
  test('depth to space', () => {
    const planes = [0, 9, 18, 27, 36, 45, 54, 63].flatMap(at => [0, 1, 2, 3, 4, 5].map(i => at + i))
    expect(run(depthToSpace(of(planes, 1, 8, 2, 3), 2))).toEqual([
      0, 18, 1, 19, 2, 20, 36, 54, 37, 55, 38, 56, 3, 21, 4, 22, 5, 23, 39, 57, 40, 58, 41, 59, 9, 27, 10, 28, 11, 29,
      45, 63, 46, 64, 47, 65, 12, 30, 13, 31, 14, 32, 48, 66, 49, 67, 50, 68,
    ])
  })
  test('space to depth', () => {
    const x = of([0, 6, 1, 7, 2, 8, 12, 18, 13, 19, 14, 20, 3, 9, 4, 10, 5, 11, 15, 21, 16, 22, 17, 23], 1, 1, 4, 6)
    expect(run(spaceToDepth(x, 2))).toEqual([...Array(24).keys()])
  })
  test('refuse what does not divide', () => {
    expect(() => depthToSpace(input([N, 6, 2, 2]), 2)).toThrow(ShapeError)
    expect(() => spaceToDepth(input([N, 1, 4, 5]), 2)).toThrow(ShapeError)
  })
})

describe('shapes', () => {
  const x = counting(2, 3)

  test('transpose', () => {
    expect(run(transpose(x, [1, 0]))).toEqual([0, 3, 1, 4, 2, 5])
    expect(run(transpose(counting(2, 2, 3), [2, 0, 1]))).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11])
    expect(() => transpose(x, [0, 0])).toThrow(ShapeError)
    expect(() => transpose(x, [1, 2])).toThrow(ShapeError)
    expect(() => transpose(counting(2, 3, 4), [0, 1])).toThrow(ShapeError)
  })
  test('reverse', () => {
    expect(run(reverse(x, [0]))).toEqual([3, 4, 5, 0, 1, 2])
    expect(run(reverse(x, [0, 1]))).toEqual([5, 4, 3, 2, 1, 0])
  })
  test('slice and place', () => {
    expect(run(slice(counting(3, 5), [1, 0], [2, 3], [1, 2]))).toEqual([5, 7, 9, 10, 12, 14])
    expect(run(place(of([1, 2], 2), [5], [1], [2]))).toEqual([0, 1, 0, 2, 0])
    expect(() => slice(x, [0, 1], [2, 3])).toThrow(/does not lie in \[2, 3\]/)
    expect(() => slice(input([N, 3]), [0, 0], [1, 3])).toThrow(ShapeError)
    expect(() => place(x, [2, 4], [0, 2])).toThrow(ShapeError)
  })
  test('concat', () => {
    expect(run(concat([x, of([10, 11], 2, 1)], 1))).toEqual([0, 1, 2, 10, 3, 4, 5, 11])
    expect(run(concat([x, of([7, 8, 9], 1, 3)], 0))).toEqual([0, 1, 2, 3, 4, 5, 7, 8, 9])
    expect(() => concat([x, of([10, 11], 2, 1)], 0)).toThrow(/Cannot join \[2, 3\] and \[2, 1\] along axis 0/)
    expect(() => concat([input([N, 3]), x], 0)).toThrow(/along the batch/)
  })
  test('expand', () => {
    expect(run(expand(of([1, 2], 2, 1), [2, 2, 3]))).toEqual([1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2])
    expect(() => expand(x, [2, 4])).toThrow(/Cannot broadcast \[2, 3\] with \[2, 4\]: axis 1 is 3 and 4/)
  })
  test('reshape', () => {
    expect(reshape(input([N, 3, 4]), [0, 4]).shape).toEqual([-3, 4])
    expect(reshape(input([N, 3, 4]), [N, 0]).shape).toEqual([N, 12])
    expect(() => reshape(input([N, 3]), [3])).toThrow(/Cannot reshape \[N, 3\] to \[3\]/)
    expect(() => reshape(input([N, 3]), [2, 0])).toThrow(ShapeError)
    expect(() => reshape(input([N, 3]), [N, N, 3])).toThrow(/the batch in two axes/)
  })
})

describe('rows', () => {
  const x = of([1, 2, 3, 1001, 1002, 1003], 2, 3)

  test('softmax and its logarithms', () => {
    const [a, b, c] = [0.09003057317038046, 0.24472847105479764, 0.6652409557748218]
    for (const [k, v] of run(softmax(x)).entries()) expect(v).toBeCloseTo([a, b, c][k % 3], 12)
    for (const [k, v] of run(logSoftmax(x)).entries()) expect(v).toBeCloseTo(Math.log([a, b, c][k % 3]), 12)
    expect(run(logSumExp(x))[0]).toBeCloseTo(3.4076059644443806, 14)
    expect(run(logSumExp(x))[1]).toBeCloseTo(1003.4076059644443, 11)
  })
  test('sum, mean, max', () => {
    expect(run(x.sum([1]))).toEqual([6, 3006])
    expect(run(x.mean([-1]))).toEqual([2, 1002])
    expect(run(x.max([0]))).toEqual([1001, 1002, 1003])
    expect(x.sum([0]).shape).toEqual([1, 3])
    expect(run(x.sum())).toEqual([3012])
    expect(x.sum().shape).toEqual([1, 1])
  })
  test('kthLargest counts equal values one by one', () => {
    const rows = of([5, -1, 5, 3, 0, 0, 0, 7], 2, 4)
    expect([1, 2, 3, 4].map(k => run(kthLargest(rows, k)))).toEqual([
      [5, 7],
      [5, 0],
      [3, 0],
      [-1, 0],
    ])
  })
  test('topIndices, pick and take', () => {
    const rows = of([5, -1, 5, 3, 0, 0, 0, 7], 2, 4)
    expect(run(topIndices(rows, 3))).toEqual([0, 2, 3, 3, 0, 1])
    expect(run(pick(rows, of([3, 3, 0, 1], 2, 2)))).toEqual([3, 3, 0, 0])
    expect(run(take(counting(2, 3, 2), [2, 0, 2], 1))).toEqual([4, 5, 0, 1, 4, 5, 10, 11, 6, 7, 10, 11])
    expect(() => topIndices(rows, 5)).toThrow(/no 5 largest values/)
    expect(() => pick(rows, of([0], 1, 1))).toThrow(ShapeError)
    expect(() => take(rows, [4], 1)).toThrow(/do not lie in axis 1 of \[2, 4\]/)
    expect(() => take(input([N, 2]), [0], 0)).toThrow(ShapeError)
  })
  test('matmul', () => {
    expect(run(matmul(counting(2, 3), counting(3, 2)))).toEqual([10, 13, 28, 40])
    expect(() => matmul(counting(2, 3), counting(2, 3))).toThrow(/Cannot multiply \[2, 3\] by \[2, 3\]/)
    expect(() => matmul(counting(2, 3), counting(3))).toThrow(ShapeError)
    expect(run(matmul(counting(2, 1, 2), counting(2, 2)))).toEqual([2, 3, 6, 11])
    expect(matmul(input([N, 1, 2, 3]), input([4, 3, 5])).shape).toEqual([N, 4, 2, 5])
    expect(() => matmul(input([N, 2, 3]), input([2, 3, 4]))).toThrow(/Cannot broadcast \[N\] with \[2\]/)
  })
})

describe('elements at their kinks', () => {
  const x = of([-2, 0, 3], 3)

  test.each([
    ['relu', relu(x), [0, 0, 3]],
    ['positive', positive(x), [0, 0, 1]],
    ['sign', sign(x), [-1, 0, 1]],
    ['greater', greater(x, 0), [0, 0, 1]],
    ['minimum', minimum(x, 1), [-2, 0, 1]],
    ['maximum', maximum(x, 1), [1, 1, 3]],
    ['clip', clip(x, -1, 1), [-1, 0, 1]],
    ['where', where(x, 1, 2), [1, 2, 1]],
  ])('%s', (_, y, numbers) => {
    expect(run(y).map(v => v + 0)).toEqual(numbers)
  })
  test('whole numbers and halves', () => {
    const halves = of([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3, 0.49], 8)
    const numbers = (t: Tensor): number[] => run(t).map(v => v + 0)
    expect(numbers(round(halves))).toEqual([-2, -2, 0, 0, 2, 2, 3, 0])
    expect(numbers(floor(halves))).toEqual([-3, -2, -1, 0, 1, 2, 3, 0])
    expect(numbers(ceil(halves))).toEqual([-2, -1, 0, 1, 2, 3, 3, 1])
    expect(numbers(truncate(halves))).toEqual([-2, -1, 0, 0, 1, 2, 3, 0])
  })
  // https://dlmf.nist.gov/7.23 and Abramowitz & Stegun, table 7.1
  test('erf', () => {
    const wanted = [0, 0.5204998778130465, 0.8427007929497149, 0.9953222650189527, -0.9999779095030014, 1]
    for (const [i, v] of run(erf(of([0, 0.5, 1, 2, -3, 40], 6))).entries()) expect(v).toBeCloseTo(wanted[i], 15)
  })
  test('softplus neither overflows nor vanishes', () => {
    expect(run(softplus(of([1000, -40, 0], 3)))).toEqual([1000, Math.log1p(Math.exp(-40)), Math.LN2])
  })
  test('a NaN stays one', () => {
    for (const y of [relu(Number.NaN), minimum(Number.NaN, 1), maximum(1, Number.NaN)])
      expect(run(y)).toEqual([Number.NaN])
  })
})

test('elementwise functions take what map() gives them', () => {
  expect([of([1, 2], 2)].map(relu).map(run)).toEqual([[1, 2]])
  expect([of([1, 2], 2)].map(relu)[0].inputs).toHaveLength(1)
})

test('a constant is as long as its shape says', () => {
  expect(run(constant(3, [2, 2]))).toEqual([3, 3, 3, 3])
  expect(() => constant(Float32Array.of(1, 2), [3])).toThrow('2 numbers for a constant of [3]')
  expect(() => evaluate([input([2], 'pixels').mul(2)])).toThrow("No value for the input 'pixels'")
})
