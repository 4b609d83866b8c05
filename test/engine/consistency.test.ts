import { describe, expect, test } from '@jest/globals'
import { byChance, consistency } from '../../src/engine/consistency.ts'
import type { Check, Line } from '../../src/engine/options.ts'
import { planAttacks } from '../../src/engine/plan.ts'
import { sampleLine } from '../report/sample.ts'

const plans = await planAttacks({
  attacks: ['auto', 'fgsm', 'pgd', 'square', 'fmn', 'bim'],
  params: { 'bim.steps': 1 },
})
const check = (id: string, lines: readonly Line[]): Check | undefined =>
  consistency(lines, plans).find(found => found.id === id)

/** Lines of an attack on pictures 0, 1, …: those of `broken` fell. */
const lines = (attack: string, count: number, broken: (i: number) => boolean, change: Partial<Line> = {}): Line[] =>
  Array.from({ length: count }, (_, i) =>
    sampleLine({ attack, image: String(i), outcome: broken(i) ? 'adversarial' : 'robust', ...change }),
  )
const all = (): boolean => true
const none = (): boolean => false

test.each([
  ['V20', 'fgsm', 'pgd'],
  ['V20', 'bim', 'auto'],
  ['V26', 'square', 'pgd'],
  ['V26', 'square', 'fgsm'],
])('%s: %s against %s', (id, weak, strong) => {
  const at = (byWeak: (i: number) => boolean, byStrong: (i: number) => boolean) =>
    check(id, [...lines(weak, 20, byWeak), ...lines(strong, 20, byStrong)])!.status
  expect(at(all, all)).toBe('pass')
  expect(at(none, all)).toBe('pass')
  expect(at(all, none)).toBe('fail')
  expect(at(i => i < 2, none)).toBe('warn') // of two a coin would say the same once in four times
  expect(
    at(
      i => i < 6,
      i => i > 3,
    ),
  ).toBe('pass')
})

test('what two attacks break at other budgets or in other norms is not compared', () => {
  expect(check('V26', [...lines('square', 5, all), ...lines('pgd', 5, none, { eps: 0.1 })])).toBeUndefined()
  expect(check('V26', [...lines('square', 5, all), ...lines('pgd', 5, none, { norm: 'l2' })])).toBeUndefined()
  expect(check('V20', lines('pgd', 5, all))).toBeUndefined()
})

describe('V22', () => {
  const free = { eps: null }
  test('needs an attack without a limit', () => {
    expect(check('V22', lines('pgd', 5, none))).toBeUndefined()
    expect(check('V22', lines('jsma', 5, none, { ...free, norm: 'l0' }))).toBeUndefined()
    expect(check('V22', lines('pgd', 5, none, { eps: 1 }))).toMatchObject({ status: 'fail' })
  })
  test('fails where pictures resist all of them', () => {
    expect(check('V22', lines('fmn', 40, all, free))!.status).toBe('pass')
    expect(
      check(
        'V22',
        lines('fmn', 40, i => i > 0, free),
      )!.status,
    ).toBe('warn')
    expect(
      check(
        'V22',
        lines('fmn', 40, i => i > 9, free),
      ),
    ).toMatchObject({
      status: 'fail',
      detail: '10 of 40 pictures resisted every attack that may go anywhere in the box',
    })
    const both = [...lines('fmn', 40, none, free), ...lines('deepfool', 40, all, { ...free, norm: 'l2' })]
    expect(check('V22', both)!.status).toBe('pass')
  })
})

test('the sign test', () => {
  expect(byChance(5, 0)).toBeCloseTo(1 / 32, 12)
  expect(byChance(2, 1)).toBeCloseTo(0.5, 12)
  expect(byChance(0, 3)).toBeCloseTo(1, 12)
})
