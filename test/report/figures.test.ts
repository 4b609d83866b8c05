import { describe, expect, test } from '@jest/globals'
import { budget, counted, duration, interval, length, levels, percent, threat } from '../../src/report/figures.ts'

const spaced = (text: string): string => text.replaceAll('\u00a0', ' ')

test.each([
  [0, '0.0 %'],
  [1, '100.0 %'],
  [0.94, '94.0 %'],
  [0.9999, '99.99 %'],
  [0.9999999, '> 99.99 %'],
  [0.0004, '0.04 %'],
  [0.0000001, '< 0.01 %'],
])('percent(%p): what is not all or nothing is not shown so', (share, text) =>
  expect(spaced(percent(share))).toBe(text),
)

test('an interval', () => {
  expect(spaced(interval({ value: 0.94, low: 0.8752, high: 0.9722 }))).toBe('87.5–97.2 %')
  expect(spaced(interval({ value: 1, low: 0.99996, high: 1 }))).toBe('> 99.99–100.0 %')
})

test('a share is counted out only where it is one of n', () => {
  const share = { value: 0.94, low: 0, high: 1 }
  expect(counted(share, 100)).toBe('94 of 100')
  expect(counted({ ...share, value: 1234 / 12345 }, 12345)).toBe('1,234 of 12,345')
  expect(counted(share, 99)).toBeNull()
  expect(counted(share, 0)).toBeNull()
})

describe('budget', () => {
  test.each([
    ['linf', 8 / 255, '8/255'],
    ['linf', 0.1, '0.1 (25 whole levels of 255)'],
    ['linf', 1, '255/255'],
    ['l2', 0.5, '0.5'],
    ['l1', 12, '12'],
    ['l2', null, 'no budget'],
  ] as const)('%s %p', (norm, eps, text) => expect(budget(norm, eps)).toBe(text))

  test('with its norm', () => expect(spaced(threat('linf', 2 / 255))).toBe('L∞ 2/255'))
})

test.each([
  [0, '0'],
  [0.6134, '0.613'],
  [11.21, '11.2'],
  [100, '100'],
  [1784.4, '1,784'],
  [0.00001234, '1.23e-5'],
])('length(%p)', (x, text) => expect(length(x)).toBe(text))

test('levels of a length in L∞', () => {
  expect(levels(8 / 255)).toBe('8')
  expect(levels(7.5 / 255)).toBe('7.5')
})

test.each([
  [0.844, '0.84 s'],
  [41.2, '41 s'],
  [192.4, '3 min 12 s'],
  [7499, '2 h 4 min'],
  [7199.9, '2 h 0 min'],
])('duration(%p)', (seconds, text) => expect(duration(seconds)).toBe(text))
