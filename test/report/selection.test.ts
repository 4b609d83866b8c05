import { expect, test } from '@jest/globals'
import { className } from '../../src/report/gallery.ts'
import { evenly, select } from '../../src/report/selection.ts'
import { sampleLine } from './sample.ts'

const line = (i: number, change = {}) => sampleLine({ image: `${i}.png`, file: `pgd/${i}.png`, ...change })
const many = (n: number) => Array.from({ length: n }, (_, i) => line(i))
const counts = (adversarial: number, resisted: number, limit?: number) => {
  const chosen = select(many(adversarial), many(resisted), limit)
  return [chosen.adversarial.length, chosen.resisted.length]
}

test('adversarial pictures with a file, and those that resisted', () => {
  const lines = [line(0), line(1, { outcome: 'robust' }), line(2), line(3, { outcome: 'failed', file: null })]
  const { adversarial, resisted } = select(lines, [lines[1]])
  expect(adversarial.map(l => l.image)).toEqual(['0.png', '2.png'])
  expect(resisted.map(l => l.image)).toEqual(['1.png'])
})

test.each([
  [0, 0, [0, 0]],
  [100, 100, [100, 100]],
  [1000, 0, [200, 0]],
  [0, 1000, [0, 200]],
  [1000, 1000, [150, 50]],
  [1000, 7, [193, 7]],
  [170, 1000, [150, 50]],
  [20, 1000, [20, 180]],
])('%p adversarial and %p that resisted share 200 places', (adversarial, resisted, shown) => {
  expect(counts(adversarial, resisted)).toEqual(shown)
})

test('at even distances over all of them', () => {
  const places = Array.from({ length: 1000 }, (_, i) => i)
  expect(evenly(places, 200)).toEqual(Array.from({ length: 200 }, (_, i) => 5 * i))
  expect(evenly(places, 3)).toEqual([0, 333, 666])
  expect(evenly([], 3)).toEqual([])
})

test('a class without a name is its index', () => {
  expect(className(1, ['a', 'b'])).toBe('b')
  expect(className(7, ['a', 'b'])).toBe('class 7')
})
