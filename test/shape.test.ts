import { describe, expect, test } from '@jest/globals'
import { ShapeError } from '../src/errors.ts'
import { broadcast, equal, N, resolve, show, size, strides } from '../src/shape.ts'

test('the batch is a factor of −1', () => {
  expect(size([N, 3, 4])).toBe(-12)
  expect(size([])).toBe(1)
  expect(size([2, 0, 3])).toBe(0)
  expect(resolve([N, 3, -6], 5)).toEqual([5, 3, 30])
  expect(() => size([N, N])).toThrow(ShapeError)
  expect(() => size([N, 2, -3])).toThrow('[N, 2, 3N] has the batch in two axes')
})

describe('broadcasting', () => {
  test.each([
    [[2, 3], [3], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [[], [N, 2], [N, 2]],
    [
      [N, 1],
      [1, 4],
      [N, 4],
    ],
    [[-6], [1], [-6]],
    [
      [5, 1, 1],
      [N, 1, 2, 3],
      [N, 5, 2, 3],
    ],
  ])('[%j] with [%j]', (a, b, both) => {
    expect(broadcast(a, b)).toEqual(both)
    expect(broadcast(b, a)).toEqual(both)
  })
  test.each([
    [[2, 3], [4], 'Cannot broadcast [2, 3] with [4]: axis 1 is 3 and 4'],
    [[N, 3], [2, 3], 'Cannot broadcast [N, 3] with [2, 3]: axis 0 is N and 2'],
    [[N], [-2], 'Cannot broadcast [N] with [2N]: axis 0 is N and 2N'],
  ])('[%j] with [%j] fails', (a, b, message) => {
    expect(() => broadcast(a, b)).toThrow(message)
  })
})

test('strides are row-major', () => {
  expect(strides([2, 3, 4])).toEqual([12, 4, 1])
  expect(strides([])).toEqual([])
})

test('equality and text', () => {
  expect(equal([N, 3], [N, 3])).toBe(true)
  expect(equal([3], [3, 1])).toBe(false)
  expect(show([N, 3, -12])).toBe('N, 3, 12N')
})
