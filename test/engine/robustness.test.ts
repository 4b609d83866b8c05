import { expect, test } from '@jest/globals'
import { classFigures } from '../../src/engine/class-figures.ts'
import { confusion } from '../../src/engine/confusion.ts'
import { byImage, isRight, resists, stands } from '../../src/engine/robustness.ts'
import { sampleLine, sampleLines } from '../report/sample.ts'
import { brokenAt, misclassified } from './sample.ts'

test.each([
  ['inside, though the attack had more', { eps: 16 / 255 }, false],
  ['beyond the budget', { distance: { linf: 9 / 255, l2: 1, l1: 1, l0: 1 } }, true],
  ['of another norm, but inside', { norm: 'l2', eps: 0.5 }, false],
] as const)('a picture counts as broken within the budget of the headline: %s', (_, change, held) => {
  expect(stands([sampleLine(change)], 'linf', 8 / 255)).toBe(held)
})

test('one attack that breaks it is enough, in any order; a misclassified one never stands', () => {
  const lines = [brokenAt('a', null), brokenAt('a', 8, { attack: 'bim' })]
  for (const group of [lines, [...lines].reverse()]) {
    expect(stands(group, 'linf', 8 / 255)).toBe(false)
    expect(resists(group)).toBe(false)
  }
  expect(resists([lines[0]])).toBe(true)
  expect(isRight([misclassified('c')]) || resists([misclassified('c')])).toBe(false)
})

test('classes count pictures, not lines; the model taken at its word is not a label', () => {
  const lines = [...sampleLines(), ...sampleLines({ attack: 'fgsm' })]
  const usable = byImage(lines).filter(([line]) => line.clean !== null)
  const rows = classFigures(usable, ['bag', 'coat', 'shirt'], group => stands(group, 'linf', 8 / 255))
  expect(rows).toMatchObject([
    { class: 0, name: 'bag', pictures: 4, clean: { value: 1 }, robust: { value: 0.5 } },
    { class: 1, name: 'coat', pictures: 4, clean: { value: 0.5 }, robust: { value: 0 } },
  ])
  const [guessed] = classFigures([[sampleLine({ labelFrom: 'prediction' })]], ['bag'], () => true)
  expect(guessed).toMatchObject({ pictures: 1, clean: null, robust: { value: 1 } })
})

test('confusion: each attack at its largest budget, what was broken by its picture, the rest as it was', () => {
  const small = sampleLines({ eps: 1 / 255 })
  expect(confusion([...small, ...sampleLines()])).toEqual({
    total: 8,
    distinct: 2,
    pairs: [
      { from: 1, to: 2, count: 4 },
      { from: 0, to: 0, count: 2 },
      { from: 0, to: 2, count: 2 },
    ],
  })
  expect(confusion([...sampleLines(), ...sampleLines({ attack: 'bim' })]).total).toBe(16)
  expect(confusion([])).toEqual({ total: 0, distinct: 0, pairs: [] })
})

test('of many pairs the most frequent thousand are kept, and all that stayed what they were', () => {
  const lines = Array.from({ length: 3000 }, (_, i) =>
    sampleLine({ image: `${i}`, label: i % 1500, adversarial: { class: (i % 1500) + 1, confidence: 1 } }),
  ).concat(
    Array.from({ length: 50 }, (_, i) => brokenAt(`s${i}`, null, { label: i, clean: { class: i, confidence: 1 } })),
  )
  const { distinct, pairs, total } = confusion(lines)
  expect([distinct, total]).toEqual([1500, 3050])
  expect(pairs.filter(p => p.from !== p.to)).toHaveLength(1000)
  expect(pairs.filter(p => p.from === p.to)).toHaveLength(50)
})
