import { expect, test } from '@jest/globals'
import { byImage } from '../../src/engine/robustness.ts'
import { takers } from '../../src/engine/takers.ts'
import { brokenAt, misclassified } from './sample.ts'

const plan = (name: string, ...stages: string[]) => ({
  name,
  stages: stages.map(stage => ({ name: stage })) as never[],
})
const linf = { norm: 'linf', eps: 8 / 255 } as const

test('a picture counts for the first attack of the plan that broke it, and alone where no other did', () => {
  const groups = byImage([
    ...[brokenAt('a', 8), brokenAt('b', null), brokenAt('c', 4), misclassified('d')],
    ...['a', 'b', 'c'].map(image => brokenAt(image, image === 'c' ? null : 3, { attack: 'fmn', eps: null })),
  ])
  expect(takers([plan('pgd'), plan('fmn')], groups, linf)).toEqual([
    { attack: 'pgd', stage: null, pictures: 2, alone: 1 },
    { attack: 'fmn', stage: null, pictures: 1, alone: 1 },
  ])
})

test('what lies beyond the budget counts only where there is none', () => {
  const groups = byImage([brokenAt('a', 9), brokenAt('b', 8)])
  expect(takers([plan('pgd')], groups, linf)[0].pictures).toBe(1)
  expect(takers([plan('pgd')], groups, null)[0].pictures).toBe(2)
})

test('each stage of a sequence stands for itself, those that broke none too', () => {
  const auto = { attack: 'auto' }
  const groups = byImage([
    brokenAt('a', 8, { ...auto, by: 'apgd-ce' }),
    brokenAt('b', 8, { ...auto, by: 'square' }),
    brokenAt('c', 8, { ...auto, by: 'apgd-ce' }),
    brokenAt('d', null, auto),
    ...['a', 'b', 'c', 'd'].map(image => brokenAt(image, image === 'a' ? 7 : null)),
  ])
  expect(takers([plan('auto', 'apgd-ce', 'fab-t', 'square'), plan('pgd')], groups, linf)).toEqual([
    { attack: 'auto', stage: 'apgd-ce', pictures: 2, alone: 1 },
    { attack: 'auto', stage: 'fab-t', pictures: 0, alone: 0 },
    { attack: 'auto', stage: 'square', pictures: 1, alone: 1 },
    { attack: 'pgd', stage: null, pictures: 0, alone: 0 },
  ])
})
