import { describe, expect, test } from '@jest/globals'
import { checks } from '../../src/engine/checks.ts'
import type { Check, Line } from '../../src/engine/options.ts'
import { sampleLine } from '../report/sample.ts'

const check = (id: string, lines: readonly Line[]): Check =>
  checks(lines, [], 10, { pictures: 5, probabilities: 0, unstable: 0, differentiable: true }).find(c => c.id === id)!

describe('V25, noise', () => {
  const broken = (change: Partial<Line> = {}): Line => sampleLine(change)
  const robust = (change: Partial<Line> = {}): Line =>
    sampleLine({ outcome: 'robust', adversarial: null, distance: null, file: null, fileSha256: null, ...change })
  const hit = { samples: 2, fooled: 2, first: true }
  const late = { samples: 2, fooled: 1, first: false }

  test('passes where noise finds nothing, or only what an attack broke', () => {
    const lines = [broken({ image: 'a' }), broken({ image: 'b', noise: hit }), robust({ image: 'c' })]
    expect(check('V25', lines)).toMatchObject({
      status: 'pass',
      detail:
        '0 of 3 attacked pictures resisted every attack and not noise; 0 of 1 attacks broke fewer pictures than noise; 6 samples',
    })
  })

  test('fails where a picture resisted and any sample fooled it', () => {
    const lines = [broken({ image: 'a' }), robust({ image: 'b', noise: late })]
    expect(check('V25', lines)).toMatchObject({ status: 'fail', detail: expect.stringMatching(/^1 of 2 /) })
  })

  test('another attack that broke the picture inside the same budget is enough', () => {
    const weak = [broken({ image: 'a', attack: 'fgsm' }), robust({ image: 'b', attack: 'fgsm', noise: late })]
    const strong = ['a', 'b'].map(image => broken({ image, attack: 'pgd', noise: late }))
    expect(check('V25', [...weak, ...strong]).status).toBe('pass')
    const wide = strong.map(line => ({ ...line, eps: 0.1, distance: { linf: 0.1, l2: 2, l1: 20, l0: 784 } }))
    expect(check('V25', [...weak, ...wide]).status).toBe('fail')
  })

  test('fails where one attack breaks fewer than noise, even if another breaks all', () => {
    const weak = ['a', 'b'].map(image => robust({ image, attack: 'weak', noise: hit }))
    const strong = ['a', 'b'].map(image => broken({ image, attack: 'pgd', noise: hit }))
    const { status, detail } = check('V25', [...weak, ...strong])
    expect(status).toBe('fail')
    expect(detail).toMatch(/; 1 of 2 attacks \(weak at L∞\s8\/255\) broke fewer/)
  })

  test('absent where nothing was attacked inside a budget', () => {
    expect(
      check('V25', [robust({ outcome: 'misclassified', noise: null }), broken({ eps: null, noise: null })]),
    ).toBeUndefined()
  })
})
