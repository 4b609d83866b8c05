import { expect, test } from '@jest/globals'
import { chooseForGallery, className } from '../../src/report/gallery.ts'
import { sampleLine } from './sample.ts'

const line = (i: number, change = {}) => sampleLine({ image: `${i}.png`, file: `pgd/${i}.png`, ...change })

test('all adversarial pictures where there is room', () => {
  const lines = [line(0), line(1, { outcome: 'robust' }), line(2), line(3, { outcome: 'failed', file: null })]
  expect(chooseForGallery(lines).map(l => l.image)).toEqual(['0.png', '2.png'])
})

test('else at even distances over all of them', () => {
  const lines = Array.from({ length: 1000 }, (_, i) => line(i))
  const places = chooseForGallery(lines).map(l => Number.parseInt(l.image, 10))
  expect(places).toHaveLength(200)
  expect(places).toEqual(Array.from({ length: 200 }, (_, i) => 5 * i))
  expect(chooseForGallery(lines, 3).map(l => l.image)).toEqual(['0.png', '333.png', '666.png'])
  expect(chooseForGallery([])).toEqual([])
})

test('a class without a name is its index', () => {
  expect(className(1, ['a', 'b'])).toBe('b')
  expect(className(7, ['a', 'b'])).toBe('class 7')
})
