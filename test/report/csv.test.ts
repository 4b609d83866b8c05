import { describe, expect, test } from '@jest/globals'
import { parseCsv } from '../../src/models/csv.ts'
import { reportCsv } from '../../src/report/csv.ts'
import { sampleLine, sampleLines } from './sample.ts'

const NAMES = ['bag', 'coat, long', 'shirt']
const rowsOf = (text: string) => {
  const [header, ...rows] = parseCsv(text, 'report.csv').map(row => row.cells)
  return rows.map(cells => {
    expect(cells).toHaveLength(header.length)
    return Object.fromEntries(header.map((key, i) => [key, cells[i]]))
  })
}
const csv = (lines = sampleLines()): string => [...reportCsv(lines, NAMES)].join('')

test('a row for each line, in its order, with the values of results.jsonl', () => {
  const lines = sampleLines()
  const rows = rowsOf(csv(lines))
  expect(rows.map(r => [r.image, r.outcome])).toEqual(lines.map(l => [l.image, l.outcome]))
  expect(rows[0]).toMatchObject({
    attack: 'pgd',
    norm: 'linf',
    eps: String(8 / 255),
    label: '0',
    label_name: 'bag',
    clean_name: 'bag',
    adversarial_class: '2',
    adversarial_name: 'shirt',
    adversarial_confidence: '0.7102',
    linf: String(8 / 255),
    l0: '701',
    before_rounding_adversarial: 'true',
    target: '',
    file: 'pgd/bag/0.png',
    error: '',
  })
  expect(rows[9]).toMatchObject({ label: '', clean_class: '', l2: '', error: 'not a PNG: 9' })
})

test('values that are not finite are empty, as results.jsonl has null for them', () => {
  const [line] = sampleLines()
  const lines = [
    { ...line, clean: { class: 0, confidence: Number.NaN }, distance: { ...line.distance!, l2: Infinity } },
  ]
  expect(rowsOf(csv(lines))[0]).toMatchObject({ clean_confidence: '', l2: '' })
  expect(csv(lines)).toBe(csv(JSON.parse(JSON.stringify(lines))))
})

test('of a sequence, the attack of it that took the picture', () => {
  const [first, second] = rowsOf(csv([sampleLine({ attack: 'auto', by: 'fab-t' }), sampleLine()]))
  expect([first.by, second.by]).toEqual(['fab-t', ''])
})

test('RFC 4180: CRLF ends every line, a comma or a quote stands in quotes', () => {
  const text = csv([sampleLine({ image: 'a "b", c.png', label: 1 })])
  expect(text.endsWith('\r\n')).toBe(true)
  expect(text.split('\r\n')).toHaveLength(3)
  expect(text).not.toMatch(/[^\r]\n/)
  expect(text).toContain('"a ""b"", c.png",pgd')
  expect(rowsOf(text)[0]).toMatchObject({ image: 'a "b", c.png', label_name: 'coat, long' })
})

describe('what a spreadsheet would take for a formula', () => {
  test.each(['=1+1.png', '+1.png', '-1.png', '@SUM(A1).png', ' =1.png', '＝1.png', '\t=cmd|calc!A1', '\u202e=1'])(
    '%j',
    image => {
      const [row] = rowsOf(csv([sampleLine({ image })]))
      expect(row.image).toMatch(/^'/)
    },
  )

  test('the text of an error too, but no number and no other name', () => {
    const [row] = rowsOf(csv([sampleLine({ image: 'a=b-c.png', error: '=HYPERLINK("http://x")' })]))
    expect(row.error).toBe(`'=HYPERLINK("http://x")`)
    expect(row).toMatchObject({ image: 'a=b-c.png', gradients: '10' })
  })
})

test('one line stays one line, without characters that are not seen', () => {
  const text = csv([sampleLine({ image: 'two\r\nlines\x00\u202e.png' })])
  expect(text.split('\n')).toHaveLength(3)
  expect(rowsOf(text)[0].image).toBe('two lines.png')
})

test('comes in pieces: 100,000 lines are never one string', () => {
  const lines = Array.from({ length: 100_000 }, () => sampleLine())
  let [longest, rows] = [0, 0]
  for (const piece of reportCsv(lines, NAMES)) {
    longest = Math.max(longest, piece.length)
    rows += piece.split('\n').length - 1
  }
  expect(rows).toBe(100_001)
  expect(longest).toBeLessThan(1e6)
})
