import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Line, Report } from '../../src/engine/options.ts'
import type { Picture } from '../../src/io/picture.ts'
import type { Thumbnail } from '../../src/report/gallery.ts'
import { reportHtml } from '../../src/report/html.ts'
import { strip } from '../../src/report/strip.ts'
import { findChromium, type Layout, layouts } from './chromium.ts'
import { sampleLine, sampleLines, sampleReport, sampleShare, sampleSummary } from './sample.ts'

const DESKTOP = 1200
const PHONE = 375
const WIDTHS = [320, 360, PHONE, 480, 600, 720, 768, 820, 900, 1024, DESKTOP]
/** What 14 mm of margin leave of A4, at 96 pixels an inch. */
const A4 = 688

const chromium = findChromium()
if (chromium === null) console.log('Skipped: there is no Chromium on the PATH, and ADVX_CHROMIUM names none.')
const drawn = chromium === null ? test.skip : test
const layoutsOf = (html: string, widths: readonly number[], how = {}): Promise<Layout[]> =>
  layouts(chromium!, html, widths, how)

const grey = (width: number, height: number, level: number): Picture => ({
  width,
  height,
  channels: 1,
  levels: new Uint8Array(width * height).fill(level),
})

async function page(report: Report, lines: readonly Line[]): Promise<string> {
  const [small, wide] = await Promise.all([
    strip(grey(28, 28, 100), grey(28, 28, 104), 224),
    strip(grey(400, 100, 100), null, 224),
  ])
  const broken = lines.filter(line => line.outcome === 'adversarial')
  const held = lines.filter(line => line.outcome === 'robust')
  const thumbnail = (line: Line): Thumbnail => ({ line, clean: `clean/${line.image}`, strip: line.file ? small : wide })
  const gone: Thumbnail = { line: broken[0], clean: 'clean/gone.png', strip: null }
  const shown = { adversarial: [...broken.map(thumbnail), gone], resisted: held.map(thumbnail) }
  return reportHtml(report, lines, held, shown)
}

const sweep = (names: readonly string[], norms: readonly Report['curves'][number]['norm'][]): Report['curves'] =>
  norms.flatMap(norm =>
    [...names, null].map(attack => ({
      attack,
      norm,
      from: attack === null ? ('distances' as const) : ('sweep' as const),
      points: [0, 1, 2, 3, 4, 8, 16].map(level => ({ eps: level / 255, ...sampleShare(16 - level, 20) })),
    })),
  )

const EVIL = [
  'W'.repeat(400),
  '<img src=x onerror=alert(1)>'.repeat(9),
  'שלום عليكم \u202egnp.exe'.repeat(20),
  `a\u0300${'\u0300'.repeat(300)}`,
]
const names = Array.from({ length: 1000 }, (_, i) => `${EVIL[i % EVIL.length]} ${i}`)
const attacks = ['pgd', ...EVIL].flatMap(name =>
  [2, 4, 8].map(k => sampleSummary({ name, title: EVIL[0], eps: k / 255 })),
)
const hostile = sampleReport({
  command: `advx attack ${EVIL.join(' ')}`,
  model: { ...sampleReport().model, file: EVIL[0], path: EVIL[1], classes: 1000, classNames: names },
  attacks,
  curves: sweep(['pgd', ...EVIL], ['linf', 'l2']),
  classes: names.map((name, i) => ({
    class: i,
    name,
    pictures: 12345,
    clean: sampleShare(1, 2),
    robust: sampleShare(1, 3),
  })),
  confusion: {
    total: 999_999,
    distinct: 999,
    pairs: names.slice(1).map((_, i) => ({ from: i, to: i + 1, count: 123_456 })),
  },
  checks: EVIL.map((detail, i) => ({ id: `V${i}`, title: detail, status: 'fail', detail })),
  gate: { failUnder: 0.5, passed: false },
  runtime: Object.fromEntries(EVIL.map(name => [name, name])),
  notes: EVIL,
})
const hostileLines = [
  ...sampleLines(),
  ...EVIL.flatMap((name, i) => [
    sampleLine({ image: `${name}/${i}`, attack: name, file: `${name}/${i}.png` }),
    sampleLine({ image: `${name}/r${i}`, outcome: 'robust', adversarial: null, distance: null, file: null }),
    sampleLine({ image: `${name}/f${i}`, outcome: 'failed', clean: null, file: null, error: name.repeat(5) }),
  ]),
]
/** Ten classes have a matrix. */
const ten = sampleReport({
  model: { ...sampleReport().model, classes: 10, classNames: EVIL.concat(names.slice(4, 10)) },
  confusion: {
    total: 100,
    distinct: 90,
    pairs: names.slice(0, 100).map((_, i) => ({ from: i % 10, to: Math.floor(i / 10), count: 999 - i })),
  },
  curves: sweep(['pgd'], ['linf']),
})

describe.each([
  ['a small run', sampleReport(), sampleLines()],
  ['ten classes with hostile names', ten, sampleLines()],
  ['a sweep of hostile attacks over 1000 classes, with failures', hostile, hostileLines],
])('%s', (_, report, lines) => {
  let html = ''
  beforeAll(async () => {
    html = await page(report, lines)
  })
  const fits = (layout: Layout): void => {
    expect(layout.beyond).toEqual([])
    expect(layout.scrollWidth).toBeLessThanOrEqual(layout.width)
    expect(layout.broken).toBe(0)
    expect(layout.bars).toHaveLength(1)
    expect(new Set(layout.cards).size).toBe(1)
    expect(layout.images).toBeGreaterThan(4)
  }

  drawn('nothing overflows sideways from a phone to a desk, and charts are lettered like the text', async () => {
    const made = await layoutsOf(html, WIDTHS)
    expect(made.map(layout => layout.width)).toEqual(WIDTHS)
    for (const layout of made) {
      fits(layout)
      const [least, most] = layout.lettering
      expect(least).toBeGreaterThanOrEqual(10)
      expect(most).toBeLessThanOrEqual(17)
    }
  })

  drawn('nothing overflows on paper', async () => {
    const [paper] = await layoutsOf(html, [A4], { print: true, dark: true })
    fits(paper)
    expect(paper.paper).toBe('rgb(255, 255, 255)')
  })
})

drawn('where the system is dark, so is the page', async () => {
  const html = await page(sampleReport(), sampleLines())
  const [[light], [dark]] = [await layoutsOf(html, [DESKTOP]), await layoutsOf(html, [DESKTOP], { dark: true })]
  const brightness = (colour: string): number =>
    colour
      .match(/\d+/g)!
      .slice(0, 3)
      .reduce((sum, v) => sum + Number(v), 0) / 3
  expect(brightness(light.paper) - brightness(light.ink)).toBeGreaterThan(150)
  expect(brightness(dark.ink) - brightness(dark.paper)).toBeGreaterThan(150)
})

drawn('the measure sees what does overflow', async () => {
  const html = (await page(sampleReport(), sampleLines())).replace('<main>', '<main><div style="width:500px">x</div>')
  const [phone] = await layoutsOf(html, [PHONE])
  expect(phone.scrollWidth).toBeGreaterThan(PHONE)
  expect(phone.beyond[0]).toContain('width:500px')
})
