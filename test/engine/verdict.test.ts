import { describe, expect, test } from '@jest/globals'
import type { Check, Report } from '../../src/engine/options.ts'
import { type Examination, verdictOf } from '../../src/engine/verdict.ts'
import { verdictHtml } from '../../src/report/verdict.ts'
import { sampleReport, sampleSummary, textOf } from '../report/sample.ts'

const passing = (id: string): Check => ({ id, title: `Check ${id}`, status: 'pass', detail: 'nothing to see' })
const IDS = ['V01', 'V08', 'V12', 'V20', 'V25', 'V26']

function examination(robust: number, change: Partial<Record<string, Check['status']>> = {}): Examination {
  const checks = IDS.map(id => ({ ...passing(id), status: change[id] ?? 'pass' }))
  const share = { value: robust, low: robust - 0.05, high: robust + 0.05 }
  const within = sampleReport({
    accuracy: { clean: share, robust: { ...share, norm: 'linf', eps: 8 / 255 } },
    attacks: ['auto', 'fgsm', 'pgd', 'square'].map(name => sampleSummary({ name })),
    checks,
  })
  const nearest: Report = {
    ...within,
    attacks: ['deepfool', 'fmn'].map(name => sampleSummary({ name, norm: 'l2', eps: null })),
    checks: [{ ...passing('V22'), status: change.V22 ?? 'pass' }],
  }
  return { within, nearest }
}

describe('what is concluded', () => {
  test('more robust, and no sign of masking', () => {
    const verdict = verdictOf(examination(0.1), examination(0.5), 'advx verdict')
    expect(verdict).toMatchObject({ masking: false, robustness: 'more' })
    expect(verdict.conclusion).toBe(
      'No sign of masked gradients. Against the attacks of this verdict it is more robust than before.',
    )
    expect(verdict.signs.map(sign => sign.id)).toEqual(['V08', 'V12', 'V20', 'V22', 'V25', 'V26'])
  })
  test('intervals that overlap tell no difference; fewer left is less', () => {
    expect(verdictOf(examination(0.1), examination(0.15), '').robustness).toBe('same')
    expect(verdictOf(examination(0.5), examination(0.1), '').robustness).toBe('less')
    expect(verdictOf(null, examination(0.1), '')).toMatchObject({ robustness: null, before: null })
  })
  test.each(['V12', 'V20', 'V22', 'V25', 'V26'])('%s failing is masking, not robustness', id => {
    const verdict = verdictOf(examination(0.1), examination(0.9, { [id]: 'fail' }), '')
    expect(verdict.masking).toBe(true)
    expect(verdict.conclusion).toMatch(new RegExp(`^Masking, not robustness \\(${id}\\): its gradients mislead`))
    expect(verdictOf(examination(0.1), examination(0.9, { [id]: 'warn' }), '').masking).toBe(false)
  })
  test('rounding alone is masking that the attacks pass', () => {
    const verdict = verdictOf(examination(0.1), examination(0.2, { V08: 'warn' }), '')
    expect(verdict.masking).toBe(true)
    expect(verdict.conclusion).toMatch(/^Masking, not robustness \(V08\): .* pass straight through\./)
  })
  test('only a single step is weaker: catastrophic overfitting', () => {
    const brokenBy = (fgsm: number, pgd: number): Examination => {
      const { within, nearest } = examination(0.1)
      const share = (value: number) => ({ value, low: value - 0.05, high: value + 0.05 })
      const attacks = [
        sampleSummary({ name: 'fgsm', success: share(fgsm) }),
        sampleSummary({ name: 'pgd', success: share(pgd) }),
      ]
      return { within: { ...within, attacks }, nearest }
    }
    const overfitted = verdictOf(brokenBy(0.8, 1), brokenBy(0.1, 1), '')
    expect(overfitted.singleStepOnly).toBe(true)
    expect(overfitted.conclusion).toMatch(/several do not: catastrophic overfitting\.$/)
    expect(verdictOf(brokenBy(0.8, 1), brokenBy(0.1, 0.4), '').singleStepOnly).toBe(false)
    expect(verdictOf(brokenBy(0.8, 1), brokenBy(0.75, 1), '').singleStepOnly).toBe(false)
  })
  test('a check that is no sign changes nothing, nor one that only showed before', () => {
    const verdict = verdictOf(examination(0.1, { V12: 'fail' }), examination(0.1, { V01: 'fail' }), '')
    expect(verdict.masking).toBe(false)
    expect(verdict.signs.find(sign => sign.id === 'V12')).toMatchObject({
      before: { masks: true },
      after: { masks: false },
    })
  })
})

test('the page has the conclusion, the figures and what was seen, and nothing of it as markup', () => {
  const after = examination(0.9, { V26: 'fail' })
  const checks = after.within.checks.map(c => ({ ...c, detail: '<img src=x onerror=alert(1)>' }))
  const page = verdictHtml(
    verdictOf(examination(0.1), { ...after, within: { ...after.within, checks } }, 'advx verdict <x>'),
  )
  expect(page).not.toMatch(/<img|<script/)
  expect(textOf(page)).toContain('Masking, not robustness (V26)')
  for (const text of ['Broken by auto', 'Median L2 of deepfool', '90.0', '10.0']) expect(textOf(page)).toContain(text)
})
