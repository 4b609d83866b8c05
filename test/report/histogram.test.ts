import { describe, expect, test } from '@jest/globals'
import { ticks, withRoom } from '../../src/report/axis.ts'
import { histogram } from '../../src/report/histogram.ts'

describe('histogram', () => {
  const counts = (values: number[], most: number, whole: boolean) => histogram(values, most, whole).map(b => b.count)

  test('every value lies in exactly one bin, the largest in the last', () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i * 0.37) % 5.1)
    const most = Math.max(...values)
    const bins = histogram(values, most, false)
    expect(bins).toHaveLength(40)
    expect(bins.reduce((n, b) => n + b.count, 0)).toBe(1000)
    for (const [i, { from, to, count }] of bins.entries())
      expect(count).toBe(values.filter(v => v >= from && (i === 39 || v < to)).length)
  })

  test('whole values have bins of whole width', () => {
    expect(counts([0, 1, 1, 8], 8, true)).toEqual([1, 2, 0, 0, 0, 0, 0, 0, 1])
    const wide = histogram([0, 99, 100], 100, true)
    expect(wide[0]).toEqual({ from: 0, to: 3, count: 1 })
    expect(wide.at(-1)).toEqual({ from: 99, to: 102, count: 2 })
  })

  test('of nothing but zeros', () => expect(counts([0, 0], 0, false)).toEqual([2]))
})

test.each([
  [8, [0, 2, 4, 6, 8]],
  [0.63, [0, 0.2, 0.4, 0.6]],
  [50176, [0, 20000, 40000]],
  [0, [0]],
])('ticks up to %p', (most, values) => expect(ticks(most)).toEqual(values))

test('labels that would meet are left out, never the last', () => {
  expect(withRoom([1, 2, 16, 8], String, v => 20 * v)).toEqual([16, 8, 2, 1])
  expect(withRoom([1, 2, 4, 8, 16], String, v => 4 * v)).toEqual([16, 8, 4])
})
