import { describe, expect, test } from '@jest/globals'
import { address, html, linked, name, shorten, table } from '../../src/report/markup.ts'

const EVIL = '<img src=x onerror=alert(1)>'

describe('html', () => {
  test('escapes every value, in lists too, but not what is HTML already', () => {
    const inner = html`<b>${EVIL}</b>`
    expect(html`<p title="${'"'}">${inner}${[EVIL, 1, null]}</p>`.text).toBe(
      '<p title="&quot;"><b>&lt;img src=x onerror=alert(1)&gt;</b>&lt;img src=x onerror=alert(1)&gt;1</p>',
    )
  })

  test('takes nobody at their word: an object that looks like HTML is not', () => {
    const forged = JSON.parse(JSON.stringify({ text: EVIL }))
    expect(() => html`${forged}`.text).toThrow()
  })
})

describe('address', () => {
  test.each([
    ['pgd/a b/#1?.png', 'pgd/a%20b/%231%3F.png'],
    ['clean/50%.png', 'clean/50%25.png'],
    ['javascript:alert(1)', 'javascript%3Aalert(1)'],
    ['//evil.example/x.png', 'evil.example/x.png'],
    ['../../secret/./x.png', 'secret/x.png'],
    ['clean/\ud800.png', 'clean/%EF%BF%BD.png'],
    ['clean/"><script>.png', 'clean/%22%3E%3Cscript%3E.png'],
    ['clean/a\nb\u202e.png', 'clean/a%0Ab%E2%80%AE.png'],
  ])('%j', (path, url) => expect(address(path)).toBe(url))
})

test('only https addresses become links', () => {
  expect(linked('Madry 2018, https://arxiv.org/abs/1706.06083, §2').text).toBe(
    'Madry 2018, <a href="https://arxiv.org/abs/1706.06083">https://arxiv.org/abs/1706.06083</a>, §2',
  )
  expect(linked(`javascript:alert(1) data:text/html,x ${EVIL}`).text).not.toMatch(/<a|<img/)
  expect(linked('https://x"onclick="y').text).not.toContain('"onclick')
})

test('names keep their own direction and an end', () => {
  expect(name('a<b').text).toBe('<bdi>a&lt;b</bdi>')
  expect(shorten('x'.repeat(500), 101)).toBe(`${'x'.repeat(50)}…${'x'.repeat(50)}`)
  expect(shorten('short', 101)).toBe('short')
})

test('each cell of a table knows the title of its column', () => {
  const { text } = table([{ title: 'A & B' }, { title: 'n', number: true }], [['<x>', 1]])
  expect(text).toContain('<td role="cell" data-title="A &amp; B"><div>&lt;x&gt;</div></td>')
  expect(text).toContain('<td role="cell" data-title="n" class="number"><div>1</div></td>')
})
