import { expect, test } from '@jest/globals'
import { advantage, argmax, confidence } from '../../src/engine/decision.ts'

test('argmax takes the first of equals', () => {
  expect(argmax([1, 3, 3, 2])).toBe(1)
})

test('a tie is robust, and so is a lead below a thousandth of the scale', () => {
  expect(advantage([2, 2], 0, false)).toBeLessThan(0)
  expect(advantage([100, 100.05], 0, false)).toBeLessThan(0)
  expect(advantage([100, 100.11], 0, false)).toBeGreaterThan(0)
  expect(advantage([0.1, 0.1009], 0, false)).toBeLessThan(0)
  expect(advantage([0.1, 0.1011], 0, false)).toBeGreaterThan(0)
})

test('targeted: the target has to lead all others', () => {
  expect(advantage([3, 2, 1], 1, true)).toBeLessThan(0)
  expect(advantage([2, 3, 1], 1, true)).toBeGreaterThan(0)
})

test('logits that are not finite are no success', () => {
  expect(advantage([0, Number.NaN], 0, false)).toBe(-Infinity)
  expect(advantage([0, Infinity], 0, false)).toBe(-Infinity)
})

test('confidence is softmax, also of large logits', () => {
  expect(confidence([Math.log(1), Math.log(3)], 1)).toBeCloseTo(0.75, 12)
  expect(confidence([1000, 900], 0)).toBe(1)
})
