import { describe, expect, test } from '@jest/globals'
import type { Line, Report } from '../../src/engine/options.ts'
import { chooseForGallery } from '../../src/report/gallery.ts'
import { reportHtml, type Thumbnail } from '../../src/report/html.ts'
import { sampleLine, sampleLines, sampleReport, sampleShare, sampleSummary, textOf } from './sample.ts'

const thumbnail = (line: Line): Thumbnail => ({
  image: line.image,
  attack: line.attack,
  eps: line.eps,
  clean: `clean/${line.image}`,
  adversarial: line.file,
  from: 'bag',
  to: 'shirt',
  confidence: line.adversarial?.confidence ?? 0,
})
const page = (report: Partial<Report> = {}, lines: readonly Line[] = sampleLines()): string =>
  reportHtml(sampleReport(report), lines, { thumbnails: chooseForGallery(lines).map(thumbnail) })

/** Tags that are open where another closes, and what stays open at the end. */
function unbalanced(text: string): string[] {
  const open: string[] = []
  const wrong: string[] = []
  for (const [tag, close, tagName] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?>/gi)) {
    if (tag.endsWith('/>') || ['meta', 'img', 'br'].includes(tagName)) continue
    if (!close) open.push(tagName)
    else if (open.at(-1) === tagName) open.pop()
    else wrong.push(tag)
  }
  return [...wrong, ...open]
}

describe('what it says', () => {
  const text = textOf(page())

  test.each([
    ['fashion-resnet.onnx'],
    ['8 usable pictures of 10'],
    [
      'Clean accuracy 75.0 % 95 % interval 65.0–85.0 % 6 of 8 pictures with a label of their own are classified rightly',
    ],
    ['Robust accuracy at L∞ 8/255 25.0 % 95 % interval 15.0–35.0 % 2 of 8'],
    ['66.7 % 56.7–76.7 % 4 of 6'],
    ['7.5 7–8'],
    ['0.613 0.54–0.702'],
    ['701 651–1,784'],
    ['12,345'],
    ['alpha 0.25, steps 10'],
    ['! warn V06 A gradient exists and is not zero 3 of 60 gradients are zero'],
    ['coat/9.png not a PNG: 9'],
    ['Misclassified 2'],
    ['bag 4 4 2'],
    ['coat 4 2 0'],
    ['All 4 adversarial pictures of the run'],
    ['bag 90.0 % → shirt 71.0 %'],
    ["advx attack 'my pictures' -a pgd"],
    ['advx 0.1.0, 2025-06-01T12:00:00.000Z, in 3 min 12 s'],
    ['c'.repeat(64)],
    ['{"scale":[1],"mean":[0.286]}'],
    ['Seed 7'],
    ['Milliseconds per gradient 1.25'],
    ['A final Softmax was removed.'],
  ])('%s', expected => expect(text).toContain(expected))

  test('one file: no script, no address that a browser would fetch but the pictures beside it', () => {
    const made = page()
    expect(made).not.toMatch(/<script|<link|<iframe|@import|url\(|\son[a-z]+="/i)
    const sources = [...made.matchAll(/\ssrc="([^"]*)"/g)].map(([, src]) => src)
    expect(sources.slice(0, 2)).toEqual(['clean/bag/0.png', 'pgd/bag/0.png'])
    for (const src of sources) expect(src).toMatch(/^(clean|pgd)\//)
  })

  test('a failed check stands beside the headline', () => {
    const checks = [{ id: 'V44', title: 'Inside the ball', status: 'fail', detail: '1 outside' }] as const
    expect(textOf(page({ checks })).split('Attacks')[0]).toContain('1 validity check failed (V44)')
    expect(text).not.toContain('validity check failed')
  })

  test('a command that cannot be shown whole is said to be in report.json', () => {
    expect(textOf(page({ command: 'advx attack a\u202eb' }))).toContain('advx attack ab Characters of the command')
    expect(text).not.toContain('Characters of the command')
  })

  test('the gate says what was asked for', () => {
    expect(textOf(page({ gate: { failUnder: 0.5, passed: false } }))).toContain(
      '✗ failed Asked for: robust accuracy of at least 50.0 %',
    )
  })
})

describe('the curve', () => {
  const at = (level: number, k: number) => sampleSummary({ eps: level / 255, robust: sampleShare(k, 8) })

  test('is drawn from a sweep, a point for each budget, and one before any attack', () => {
    const made = page({ attacks: [at(8, 1), at(2, 5), at(4, 3)] })
    expect([...made.matchAll(/<circle class="point"/g)]).toHaveLength(3)
    expect(made.replaceAll('\u00a0', ' ')).toContain(
      'aria-label="Robust accuracy of 62.5 % at 2/255, 37.5 % at 4/255, 12.5 % at 8/255"',
    )
    const [, points] = made.match(/<polyline class="line" points="([^"]*)"/)!
    const heights = points.split(' ').map(p => Number(p.split(',')[1]))
    expect(heights).toEqual([...heights].sort((a, b) => a - b))
    expect(heights).toHaveLength(4)
  })

  test('is not drawn from one budget, from two attacks at one each, or for a target', () => {
    const sweep = [at(8, 1), at(2, 5)]
    expect(page()).not.toContain('<polyline')
    expect(page({ attacks: [at(8, 1), { ...at(2, 5), name: 'bim' }] })).not.toContain('<polyline')
    expect(page({ attacks: sweep, target: 'shirt' })).not.toContain('<polyline')
    expect(page({ attacks: sweep })).toContain('<polyline')
  })
})

describe('runs of other kinds', () => {
  test('targeted: success, no robust accuracy', () => {
    const accuracy = { clean: sampleShare(6, 8), robust: null }
    const text = textOf(page({ target: 'shirt', accuracy, images: { ...sampleReport().images, skipped: 1 } }))
    expect(text).toContain('towards shirt')
    expect(text).toContain(
      'Success of pgd at L∞ 8/255 66.7 % 95 % interval 56.7–76.7 % 4 of 6 attacked pictures became the target',
    )
    expect(text).toContain('the model classifies as the target')
    expect(text).toContain('Skipped 1')
    expect(text).not.toMatch(/Robust:/)
  })

  test('nothing usable: no figure is made up', () => {
    const none = { linf: null, l2: null, l1: null, l0: null }
    const text = textOf(
      page(
        {
          images: { found: 2, failed: 2, skipped: 0, misclassified: 0, attacked: 0, labelFrom: {} },
          accuracy: { clean: null, robust: null },
          attacks: [sampleSummary({ success: null, robust: null, distance: none, gradients: 0 })],
          checks: [],
        },
        sampleLines().slice(8),
      ),
    )
    expect(text).toContain('– none was attacked')
    expect(text).not.toMatch(/NaN|undefined|null|Infinity|Gallery/)
  })

  test('labels that are predictions are said to be such', () => {
    const images = { ...sampleReport().images, labelFrom: { prediction: 8 } }
    expect(textOf(page({ images }))).toContain(
      '8 pictures without a label of their own count as the class that the model predicts',
    )
  })
})

describe('hostile text', () => {
  const EVIL = `<img src=x onerror=alert(1)>\x1b]0;owned\x07\n"'\u202egnp.exe</style></script>`
  const evil = sampleReport({
    tool: EVIL,
    version: EVIL,
    date: EVIL,
    command: EVIL,
    target: EVIL,
    model: {
      ...sampleReport().model,
      file: EVIL,
      path: EVIL,
      sha256: EVIL,
      classNames: [EVIL, EVIL, EVIL],
      preprocessing: { [EVIL]: EVIL },
      notes: [EVIL],
    },
    attacks: [sampleSummary({ name: EVIL, title: EVIL, paper: `https://x/${EVIL}`, params: { [EVIL]: 1 } })],
    checks: [{ id: EVIL, title: EVIL, status: 'fail', detail: EVIL }],
    runtime: { [EVIL]: EVIL },
    notes: [EVIL],
  })
  const lines = [
    sampleLine({ image: EVIL, attack: EVIL, file: `pgd/${EVIL}` }),
    sampleLine({ image: `${EVIL}2`, outcome: 'failed', clean: null, error: EVIL }),
  ]
  const thumbnails = [{ ...thumbnail(lines[0]), from: EVIL, to: EVIL, clean: `clean/${EVIL}` }]
  const sweep = [2, 4].map(k => sampleSummary({ name: EVIL, eps: k / 255 }))

  test.each([
    ['targeted', evil],
    ['a sweep', { ...evil, target: null, attacks: sweep }],
  ] as const)('%s: stays text, wherever it comes from', (_, report) => {
    const made = reportHtml(report, lines, { thumbnails })
    expect(made).not.toMatch(/<img src=x|<\/script/i)
    expect(made.match(/<\/style/g)).toHaveLength(1)
    expect(made).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    expect(made).toContain('&lt;img src=x onerror=alert(1)&gt;]0;owned &quot;&#39;gnp.exe')
    expect(unbalanced(made)).toEqual([])
  })
})

describe('its frame', () => {
  test('every tag that opens closes, in its turn', () => {
    expect(unbalanced('<p><b></p></b>')).not.toEqual([])
    expect(unbalanced(page())).toEqual([])
    expect(unbalanced(page({ attacks: [2, 4].map(k => sampleSummary({ eps: k / 255 })) }))).toEqual([])
  })

  test('10,000 pictures, all failed with long errors or all broken, stay far below 20 MB', () => {
    const failed = Array.from({ length: 10_000 }, (_, i) =>
      sampleLine({ image: `${i}`.repeat(200), outcome: 'failed', clean: null, file: null, error: 'e'.repeat(5000) }),
    )
    const broken = Array.from({ length: 10_000 }, (_, i) =>
      sampleLine({ image: `${i}`.repeat(200), file: `pgd/${`${i}`.repeat(200)}.png`, label: i % 1000 }),
    )
    const classNames = Array.from({ length: 1000 }, (_, i) => `${i}`.repeat(5000))
    const model = { ...sampleReport().model, classNames }
    for (const lines of [failed, broken]) {
      const made = page({ model }, lines)
      expect(made.length).toBeLessThan(2e6)
      expect(unbalanced(made)).toEqual([])
    }
    expect(textOf(page({ model }, failed))).toContain('And 9,500 more, in results.jsonl.')
    expect(textOf(page({ model }, broken))).toContain('200 of the 10,000 adversarial pictures, at even distances')
  })

  test('pictures that were chosen otherwise are not said to be chosen evenly', () => {
    const lines = Array.from({ length: 400 }, (_, i) => sampleLine({ image: `${i}.png`, file: `pgd/${i}.png` }))
    const first = lines.slice(0, 200).map(thumbnail)
    const text = textOf(reportHtml(sampleReport(), lines, { thumbnails: first }))
    expect(text).toContain('200 of the 400 adversarial pictures: a part, not a random sample.')
  })
})
