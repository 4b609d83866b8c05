import { describe, expect, test } from '@jest/globals'
import type { Line, Report } from '../../src/engine/options.ts'
import { code, reportMarkdown } from '../../src/report/markdown.ts'
import { sampleLine, sampleLines, sampleReport, sampleShare, sampleSummary } from './sample.ts'

const page = (change: Partial<Report> = {}, lines: readonly Line[] = sampleLines()): string =>
  reportMarkdown(sampleReport(change), lines).replaceAll('\u00a0', ' ')

test('the figures, their intervals, what is doubtful and what failed', () => {
  expect(page()).toBe(`\
## advx: \`fashion-resnet.onnx\`

| Clean accuracy | Robust accuracy at L∞ 8/255 | Pictures |
|---|---|---|
| **75.0 %** (65.0–85.0 %) | **25.0 %** (15.0–35.0 %) | 8 usable of 10, 2 misclassified before any attack |

| Attack | Budget | Success | Noise alone | Robust accuracy | Median L2 |
| --- | --- | --- | --- | --- | --- |
| \`pgd\` | L∞ 8/255 | **66.7 %** (56.7–76.7 %) | **0.0 %** (0.0–10.0 %) | **25.0 %** (15.0–35.0 %) | 0.613 |

**Validity checks:** 1 of 2 passed.

- ! warning **V06** A gradient exists and is not zero: \`3 of 60 gradients are zero\`

**2 pictures failed:**

- \`coat/8.png\`: \`not a PNG: 8\`
- \`coat/9.png\`: \`not a PNG: 9\`

> \`A final Softmax was removed.\`

\`advx attack 'my pictures' -a pgd\`

advx 0.1.0, 3 min 12 s, seed 7; model sha256 \`${'c'.repeat(64)}\`. In brackets: 95 % intervals (Wilson).
`)
})

test('a gate, and a target', () => {
  expect(page({ gate: { failUnder: 0.5, passed: false } })).toContain(
    '**✗ Gate failed:** robust accuracy 25.0 %, at least 50.0 % wanted.',
  )
  const targeted = page({ target: 'shirt', accuracy: { clean: sampleShare(6, 8), robust: null } })
  expect(targeted).toContain('Target: `shirt`')
  expect(targeted).toContain('– not defined for a target')
  expect(targeted).toContain('| Attack | Budget | Success | Noise alone | Median L2 |')
})

test('at most 60 lines, whatever there is', () => {
  const many = <T>(of: (i: number) => T): T[] => Array.from({ length: 500 }, (_, i) => of(i))
  const lines = many(i => sampleLine({ image: `${i}\n`, outcome: 'failed', error: 'e\n'.repeat(1000) }))
  const text = page(
    {
      attacks: many(i => sampleSummary({ name: `a${i}` })),
      checks: many(i => ({ id: `V${i}`, title: 't', status: 'fail' as const, detail: 'd'.repeat(9999) })),
      notes: many(i => `note ${i}`),
      gate: { failUnder: 0.5, passed: true },
      target: 'shirt',
      command: 'x\n'.repeat(9999),
    },
    lines,
  )
  expect(text.split('\n').length - 1).toBeLessThanOrEqual(60)
  expect(text.length).toBeLessThan(20_000)
  expect(text).toContain('And 488 more, in report.json.')
  expect(text).toContain('And 495 more, in results.jsonl.')
})

describe('text from outside is no markup', () => {
  test.each([
    ['a', '`a`'],
    ['![x](http://evil/x.png)', '`![x](http://evil/x.png)`'],
    ['a`b', '``a`b``'],
    ['``', '``` `` ```'],
    ['', '`  `'],
    ['a\n# b\u202e', '`a # b`'],
  ])('%j', (text, span) => expect(code(text, 100)).toBe(span))

  test('in a cell of a table, in a title, in an error', () => {
    const EVIL = 'a|b<img src=x>@everyone [x](http://evil)`<b>`'
    const text = page({
      attacks: [sampleSummary({ name: EVIL })],
      checks: [{ id: 'V01', title: EVIL.replaceAll('`', ''), status: 'fail', detail: EVIL }],
    })
    const row = text.split('\n').find(r => r.includes('L∞ 8/255 | **66'))!
    expect(row.replaceAll('\\|', '').split('|')).toHaveLength(8)
    const outside = text.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, '')
    expect(outside).not.toMatch(/(?<!\\)[<@[]/)
  })
})
