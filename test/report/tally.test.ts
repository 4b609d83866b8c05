import { expect, test } from '@jest/globals'
import { tally } from '../../src/report/tally.ts'
import { sampleLine, sampleLines } from './sample.ts'

const robust = { value: 0, low: 0, high: 0, norm: 'linf', eps: 8 / 255 } as const

test('classes, labelled pictures and failures are counted over pictures, not lines', () => {
  const lines = [...sampleLines(), ...sampleLines({ attack: 'fgsm' })]
  const counts = tally(lines, robust)
  expect(counts.labelled).toBe(8)
  expect(counts.adversarial).toBe(8)
  expect(counts.classes).toEqual([
    { label: 0, pictures: 4, right: 4, held: 2 },
    { label: 1, pictures: 4, right: 2, held: 0 },
  ])
  expect(counts.failures).toEqual([
    { image: 'coat/8.png', error: 'not a PNG: 8' },
    { image: 'coat/9.png', error: 'not a PNG: 9' },
  ])
})

test.each([
  ['inside, though the attack had more', { eps: 16 / 255 }, 0],
  ['beyond the budget', { distance: { linf: 9 / 255, l2: 1, l1: 1, l0: 1 } }, 1],
  ['of another norm, but inside', { norm: 'l2', eps: 0.5 }, 0],
] as const)('a picture counts as broken within the budget of the headline: %s', (_, change, held) => {
  expect(tally([sampleLine(change)], robust).classes[0].held).toBe(held)
})

test('one attack that breaks it is enough, in any order', () => {
  const lines = [sampleLine({ outcome: 'robust', distance: null, adversarial: null }), sampleLine({ attack: 'bim' })]
  expect(tally(lines, robust).classes[0].held).toBe(0)
  expect(tally(lines.reverse(), robust).classes[0].held).toBe(0)
})

test('the model taken at its word is not a label', () => {
  expect(tally([sampleLine({ labelFrom: 'prediction' })], robust).labelled).toBe(0)
})
