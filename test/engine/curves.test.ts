import { describe, expect, test } from '@jest/globals'
import { curves } from '../../src/engine/curves.ts'
import type { Line } from '../../src/engine/options.ts'
import { byImage } from '../../src/engine/robustness.ts'
import { brokenAt, misclassified } from './sample.ts'

const eps = (levels: number): number => levels / 255
/** Three pictures, one of them misclassified, at one budget of an attack. */
const pass = (attack: string, levels: number, first: number | null, second: number | null): Line[] => [
  brokenAt('a', first, { attack, eps: eps(levels) }),
  brokenAt('b', second, { attack, eps: eps(levels) }),
  misclassified('c', { attack, eps: eps(levels) }),
]
const shown = (lines: readonly Line[]) =>
  curves(byImage(lines)).map(({ attack, from, points }) => [
    attack,
    from,
    points.map(p => [Math.round(255 * p.eps), Math.round(3 * p.value)]),
  ])

test('one budget gives no curve, nor do two attacks at one budget each', () => {
  expect(shown(pass('pgd', 8, 8, null))).toEqual([])
  expect(shown([...pass('pgd', 8, 8, null), ...pass('fgsm', 4, null, 4)])).toEqual([])
  expect(curves([])).toEqual([])
})

describe('a sweep', () => {
  const sweep = [...pass('pgd', 8, 8, null), ...pass('pgd', 2, 2, null), ...pass('pgd', 16, 3, 9)]

  test('has a point at each budget, by eps, and one before any attack, with intervals', () => {
    expect(shown(sweep)).toEqual([
      [
        'pgd',
        'sweep',
        [
          [0, 2],
          [2, 1],
          [8, 1],
          [16, 0],
        ],
      ],
    ])
    const [{ points }] = curves(byImage(sweep))
    for (const { value, low, high } of points) expect(low <= value && value <= high && high > low).toBe(true)
  })

  test('what a small budget broke a large one does not mend', () => {
    expect(shown([...pass('pgd', 2, 2, null), ...pass('pgd', 8, null, null)])).toEqual([
      [
        'pgd',
        'sweep',
        [
          [0, 2],
          [2, 1],
          [8, 1],
        ],
      ],
    ])
  })

  test('of several attacks has a curve of all together, at all budgets', () => {
    const lines = [...sweep, ...pass('fgsm', 8, null, 8), ...pass('fgsm', 4, null, null)]
    expect(shown(lines)).toEqual([
      [
        'pgd',
        'sweep',
        [
          [0, 2],
          [2, 1],
          [8, 1],
          [16, 0],
        ],
      ],
      [
        'fgsm',
        'sweep',
        [
          [0, 2],
          [4, 2],
          [8, 1],
        ],
      ],
      [
        null,
        'sweep',
        [
          [0, 2],
          [2, 1],
          [4, 1],
          [8, 0],
          [16, 0],
        ],
      ],
    ])
  })
})

test('an attack without a budget: a step at each distance', () => {
  const lines = [brokenAt('a', 3, { eps: null }), brokenAt('b', 7, { eps: null }), misclassified('c', { eps: null })]
  expect(shown(lines)).toEqual([
    [
      'pgd',
      'distances',
      [
        [0, 2],
        [3, 1],
        [7, 0],
      ],
    ],
  ])
})

test('distances of ten thousand pictures give at most 65 points, the last among them', () => {
  const lines = Array.from({ length: 10_000 }, (_, i) =>
    brokenAt(`${i}`, 1, { eps: null, norm: 'l2', distance: { linf: 0, l2: (i * 7919) % 10_000, l1: 0, l0: 0 } }),
  )
  const [{ points }] = curves(byImage(lines))
  expect(points).toHaveLength(65)
  expect(points.at(-1)).toMatchObject({ eps: 9999, value: 0 })
  for (const { eps, value } of points.slice(1)) expect(value).toBeCloseTo(1 - (eps + 1) / 10_000, 10)
})
