import { describe, expect, test } from '@jest/globals'
import { escapeHtml } from '../../src/report/escape.ts'

describe('escapeHtml', () => {
  test.each([
    ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
    [`"><script>'&amp;`, '&quot;&gt;&lt;script&gt;&#39;&amp;amp;'],
    ['\x1b]0;title\x07', ']0;title'],
    ['one\r\ntwo\tthree\u2028four', 'one two three four'],
    ['photo\u202egnp.exe', 'photognp.exe'],
    ['a\u2066b\u2069c\u200ed\u061ce', 'abcde'],
    ['zero\u200b\u00ad\ufeff\u{e0041}width\0\x7f\x9b', 'zerowidth'],
    ['half \ud800 pair', 'half \ufffd pair'],
    ['Tasche – 包 – حقيبة – 👩‍💻', 'Tasche – 包 – حقيبة – 👩‍💻'],
    ['', ''],
  ])('%j', (text, escaped) => expect(escapeHtml(text)).toBe(escaped))
})
