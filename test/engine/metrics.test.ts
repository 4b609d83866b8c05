import { expect, test } from '@jest/globals'
import { share, spread } from '../../src/engine/metrics.ts'

// Wilson's interval as statsmodels.stats.proportion.proportion_confint(k, n, method='wilson') gives it.
test.each([
  [94, 100, 0.8751894, 0.9721979],
  [2, 100, 0.0055017, 0.070012],
  [0, 10, 0, 0.2775328],
  [10, 10, 0.7224672, 1],
  [25, 50, 0.3664453, 0.6335547],
])('%i of %i', (k, n, low, high) => {
  const found = share(k, n)!
  expect(found.value).toBe(k / n)
  expect(found.low).toBeCloseTo(low, 4)
  expect(found.high).toBeCloseTo(high, 4)
})

test('of nothing there is no share and no median', () => {
  expect(share(0, 0)).toBeNull()
  expect(spread([])).toBeNull()
})

test('quartiles lie linearly between values', () => {
  expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, q1: 1.75, q3: 3.25 })
  expect(spread([7])).toEqual({ median: 7, q1: 7, q3: 7 })
})
