import { describe, expect, test } from '@jest/globals'
import type { Curve, Line, Report } from '../../src/engine/options.ts'
import type { Thumbnail } from '../../src/report/gallery.ts'
import { reportHtml } from '../../src/report/html.ts'
import { select } from '../../src/report/selection.ts'
import { sampleLine, sampleLines, sampleReport, sampleShare, sampleSummary, textOf } from './sample.ts'

const BYTES = Uint8Array.from('picture', c => c.charCodeAt(0))
const thumbnail = (line: Line): Thumbnail => ({
  line,
  clean: `clean/${line.image}`,
  strip: { bytes: BYTES, width: line.file ? 84 : 28, height: 28, factor: line.file ? 15 : null },
})
const resistedOf = (lines: readonly Line[]): Line[] => lines.filter(line => line.outcome === 'robust')
const page = (report: Partial<Report> = {}, lines: readonly Line[] = sampleLines()): string => {
  const { adversarial, resisted } = select(lines, resistedOf(lines))
  const shown = { adversarial: adversarial.map(thumbnail), resisted: resisted.map(thumbnail) }
  return reportHtml(sampleReport(report), lines, resistedOf(lines), shown)
}

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
    ['66.7 % 56.7–76.7 % · 4 of 6'],
    ['7.5 7–8'],
    ['0.613 0.54–0.702'],
    ['701 651–1,784'],
    ['12,345'],
    ['alpha 0.25, steps 10'],
    ['! warn V06 A gradient exists and is not zero 3 of 60 gradients are zero'],
    ['coat/9.png not a PNG: 9'],
    ['Misclassified 2'],
    ['bag 4 100.0 % 90.0–100.0 % 50.0 % 40.0–60.0 %'],
    ['coat 4 50.0 % 40.0–60.0 % 0.0 % 0.0–10.0 %'],
    ['coat shirt 4 100.0 %'],
    ['bag shirt 2 50.0 %'],
    ['2 pictures, all shown.'],
    [`pgd sha256 ${'d'.repeat(64)}`],
    [`results.jsonl, 10 lines sha256 ${'e'.repeat(64)}`],
    ['bag/0.png · pgd 8/255 · difference × 15'],
    ['All 4 adversarial pictures of the run'],
    ['bag 90.0 % → shirt 71.0 %'],
    ["advx attack 'my pictures' -a pgd"],
    ['advx 0.1.0, 2025-06-01T12:00:00.000Z, in 3 min 12 s'],
    ['c'.repeat(64)],
    ['Seed 7'],
    ['Milliseconds per gradient 1.25'],
    ['ONNX Runtime 1.30.0'],
    ['A final Softmax was removed.'],
  ])('%s', expected => expect(text).toContain(expected))

  test('one file: no script, its pictures inside, no address that a browser would fetch', () => {
    const made = page()
    expect(made).not.toMatch(/<script|<link|<iframe|@import|url\(|\son[a-z]+="/i)
    const sources = [...made.matchAll(/\ssrc="([^"]*)"/g)].map(([, src]) => src)
    expect(sources).toEqual(Array(6).fill(`data:image/webp;base64,${Buffer.from(BYTES).toString('base64')}`))
    for (const [, href] of made.matchAll(/\shref="([^"]*)"/g))
      expect(href).toMatch(/^(#|clean\/|pgd\/|https:\/\/arxiv)/)
    expect(made.match(/id="([^"]*)"/g)!.length).toBe(new Set(made.match(/id="([^"]*)"/g)).size)
  })

  test('what the search on the lattice took stands below what the attack took, where there was one', () => {
    expect(textOf(page())).not.toMatch(/on the lattice/i)
    const nearest = page({
      attacks: [sampleSummary({ name: 'ddn', eps: null, lattice: { gradients: 77, forwards: 1234 } })],
    })
    expect(textOf(nearest)).toMatch(/12,345 ?77 on the lattice/)
    expect(textOf(nearest)).toMatch(/13,579 ?1,234 on the lattice/)
  })

  test('a failed check stands beside the headline', () => {
    const checks = [{ id: 'V44', title: 'Inside the ball', status: 'fail', detail: '1 outside' }] as const
    expect(textOf(page({ checks })).split('Adversarial is')[0]).toContain('1 validity check failed (V44)')
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
  const point = (level: number, k: number) => ({ eps: level / 255, ...sampleShare(k, 8) })
  const pgd: Curve = {
    attack: 'pgd',
    norm: 'linf',
    from: 'sweep',
    points: [point(0, 6), point(2, 5), point(4, 3), point(8, 1)],
  }
  const heightsOf = (made: string): number[][] =>
    [...made.matchAll(/<polyline class="line" points="([^"]*)"/g)].map(([, points]) =>
      points.split(' ').map(p => Number(p.split(',')[1])),
    )

  test('of a sweep has a mark for each budget, and one before any attack', () => {
    const made = page({ curves: [pgd] })
    expect([...made.matchAll(/<g class="mark"><title>/g)]).toHaveLength(3)
    expect([...made.matchAll(/class="start"/g)]).toHaveLength(1)
    expect(made.replaceAll('\u00a0', ' ')).toContain(
      'aria-label="Robust accuracy against pgd: 75.0 % at no budget, 62.5 % at 2/255, 37.5 % at 4/255, 12.5 % at 8/255"',
    )
    const [heights] = heightsOf(made)
    expect(heights).toEqual([...heights].sort((a, b) => a - b))
    expect(heights).toHaveLength(4)
    expect(textOf(made)).toContain('pgd 12.5 % at 8/255')
  })

  test('of distances is a staircase without marks', () => {
    const made = page({ curves: [{ ...pgd, from: 'distances' }] })
    const [heights] = heightsOf(made)
    expect(heights).toHaveLength(7)
    for (let i = 1; i < 7; i += 2) expect(heights[i]).toBe(heights[i - 1])
    expect(made).not.toContain('<g class="mark"><title>')
  })

  test('of several attacks has a line for each and one for all together; a norm has a chart of its own', () => {
    const bim: Curve = { ...pgd, attack: 'bim' }
    const made = page({
      attacks: [sampleSummary(), sampleSummary({ name: 'bim' })],
      curves: [pgd, bim, { ...pgd, attack: null }],
    })
    expect(heightsOf(made)).toHaveLength(3)
    for (const colour of ['s0', 's1', 'all']) expect(made).toContain(`<g class="${colour}"><polyline`)
    expect(textOf(made)).toContain('All attacks together')
    expect(page({ curves: [pgd, { ...bim, norm: 'l2' }] }).match(/<div class="curve">/g)).toHaveLength(2)
  })

  test('is not there where no attack gives one', () => expect(page()).not.toContain('<polyline'))
})

describe('many classes', () => {
  const names = Array.from({ length: 1000 }, (_, i) => `n${i}`)
  const model = { ...sampleReport().model, classes: 1000, classNames: names }
  const classes = names.map((name, i) => ({
    class: i,
    name,
    pictures: 10,
    clean: sampleShare(10, 10),
    robust: sampleShare(i === 777 ? 0 : 9, 10),
  }))

  test('those that lost most come first, the others fold away', () => {
    const text = textOf(page({ model, classes })).split('Classes Usable')[1]
    expect(text.indexOf('n777 10')).toBeLessThan(text.indexOf('n0 10'))
    expect(text).toContain('The other 960 classes, by index')
    expect(text).toContain('n999 10')
  })

  test('the most frequent confusions are listed, with no matrix', () => {
    const pairs = names.slice(1).map((_, i) => ({ from: i, to: i + 1, count: 1000 - i }))
    const made = page({ model, classes, confusion: { total: 10_000, distinct: 999, pairs } })
    expect(made).not.toContain('class="matrix"')
    expect(textOf(made)).toContain('The 20 most frequent of 999 confusions')
    expect(textOf(made)).toContain('n19 n20 981')
    expect(textOf(made)).not.toContain('n20 n21 980')
    expect(page()).toContain('class="matrix"')
  })
})

describe('the model', () => {
  const { model } = sampleReport()

  test('its preprocessing is a formula', () => {
    expect(textOf(page())).toContain(
      'Preprocessing preprocessor_config : (x - 0.286) / 0.353, x in 0..1 Pictures of another size: 28 × 28 (bilinear).',
    )
    const geometry = {
      resize: { kind: 'shortest', edge: 256 },
      crop: { height: 224, width: 200 },
      resample: 'bicubic',
      height: 224,
      width: 200,
    } as const
    const text = textOf(page({ model: { ...model, preprocessing: { ...model.preprocessing, geometry } } }))
    expect(text).toContain('Pictures of another size: shorter edge to 256 (bicubic), then the centre, 200 × 224.')
  })

  test.each([
    ['model.onnx', 'zoo/resnet-50', 'resnet-50/model.onnx'],
    ['model.onnx', 'zoo/resnet-50/onnx/model.onnx', 'resnet-50/model.onnx'],
    ['model.json', 'zoo\\nsfw\\model.json', 'nsfw/model.json'],
    ['model.onnx', '.', 'model.onnx'],
    ['vit.onnx', 'zoo/vit.onnx', 'vit.onnx'],
  ])('%s of %s is titled %s', (file, path, title) => {
    const made = page({ model: { ...model, file, path } })
    expect(made).toContain(`<title>advx: ${title}</title>`)
    expect(made).toContain(`<h1><bdi>${title}</bdi></h1>`)
  })
})

test('the axis of whole levels ends at the largest one, in whole steps', () => {
  const two = { median: 2 / 255, q1: 1 / 255, q3: 2 / 255 }
  const attacks = [sampleSummary({ distance: { ...sampleSummary().distance, linf: two } })]
  const lines = sampleLines().map(l => (l.distance ? { ...l, distance: { ...l.distance, linf: 2 / 255 } } : l))
  const made = reportHtml(sampleReport({ attacks }), lines, [], { adversarial: [], resisted: [] })
  const panel = made.slice(made.indexOf('class="panel"'), made.indexOf('</figure>', made.indexOf('class="panel"')))
  expect([...panel.matchAll(/<line class="grid"[^>]*><text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text)).toEqual([
    '0',
    '1',
    '2',
  ])
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
      preprocessing: { ...sampleReport().model.preprocessing, name: EVIL },
      notes: [EVIL],
    },
    attacks: [sampleSummary({ name: EVIL, title: EVIL, paper: `https://x/${EVIL}`, params: { [EVIL]: 1 } })],
    checks: [{ id: EVIL, title: EVIL, status: 'fail', detail: EVIL }],
    classes: [{ class: 0, name: EVIL, pictures: 1, clean: null, robust: null }],
    curves: [
      {
        attack: EVIL,
        norm: 'linf',
        from: 'sweep',
        points: [0, 2, 4].map(k => ({ eps: k / 255, ...sampleShare(1, 2) })),
      },
    ],
    runtime: { [EVIL]: EVIL },
    notes: [EVIL],
  })
  const lines = [
    sampleLine({ image: EVIL, attack: EVIL, file: `pgd/${EVIL}` }),
    sampleLine({ image: `${EVIL}2`, outcome: 'failed', clean: null, error: EVIL }),
  ]
  const shown = {
    adversarial: [thumbnail(lines[0]), { ...thumbnail(lines[0]), strip: null }],
    resisted: [{ ...thumbnail(lines[0]), clean: `clean/${EVIL}` }],
  }
  const sweep = [2, 4].map(k => sampleSummary({ name: EVIL, eps: k / 255 }))

  test.each([
    ['targeted', evil],
    ['a sweep', { ...evil, target: null, attacks: sweep }],
  ] as const)('%s: stays text, wherever it comes from', (_, report) => {
    const made = reportHtml(report, lines, [lines[0]], shown)
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
})
