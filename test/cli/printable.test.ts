import { describe, expect, test } from '@jest/globals'
import { printable, printableJson } from '../../src/cli/printable.ts'

describe('printable', () => {
  test.each([
    ['a title of the window', 'a\x1b]0;evil\x07b', 'ab'],
    ['the same, ended by ST', 'a\x1b]0;evil\x1b\\b', 'ab'],
    ['the same in C1', 'a\x9d0;evil\x9cb', 'ab'],
    ['colours', '\x1b[31;1mred\x1b[0m \x9b4mline', 'red line'],
    ['a cleared screen', '\x1b[2J\x1b[Hhome\x1bc', 'home'],
    ['a device string', 'a\x1bP1$r0m\x1b\\b', 'ab'],
    ['an unfinished sequence', 'a\x1b]0;still here', 'a0;still here'],
    ['a sequence hidden in another', '\x1b\x1b[0m]0;x\x07', ']0;x'],
    ['lines', 'a\nb\r\nc\td\u2028e\x85f', 'a b c d e f'],
    ['controls', 'a\x00\x07\x08\x7f\x80b', 'ab'],
    ['bidirectional overrides', 'gpj.\u202eexe\u202c \u2066x\u2069 \u061c\u200f', 'gpj.exe x '],
    ['zero width', 'a\u200bb\u200dc\ufeffd\u2060e\u00adf', 'abcdef'],
    ['tags', 'a\u{e0041}b', 'ab'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
  ])('%s', (_, text, shown) => {
    expect(printable(text)).toBe(shown)
  })

  test.each(['<img onerror=alert(1)>', 'Größe 1 µm', '猫/犬.png', '🐈 cat', "it's 100 %"])('%s stays', text => {
    expect(printable(text)).toBe(text)
  })

  test('nothing that a terminal obeys is left, whatever is cut out', () => {
    const parts = ['\x1b', '[', ']', '0;', 'm', '\x07', '\\', '\x9b', '\x9c', '\x9d', 'P', '\n', 'x']
    let seed = 7
    const next = (): string => parts[(seed = (seed * 48271) % 2147483647) % parts.length]
    for (let i = 0; i < 3000; i++) {
      const text = Array.from({ length: 12 }, next).join('')
      expect(printable(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
    }
  })

  test('a long hostile name is read once', () => {
    // 2^20 starts of sequences that never end: a second look at each would take hours.
    expect(printable('\x9d'.repeat(2 ** 20))).toBe('')
    expect(printable('\x1b]'.repeat(2 ** 20))).toBe('')
  })
})

test('printableJson is the same JSON without what a terminal obeys', () => {
  const value = { name: 'a\x9b31m\u202e\u{e0041}b', text: 'Größe\n' }
  const json = JSON.stringify(value, null, 2)
  expect(JSON.parse(printableJson(json))).toEqual(value)
  expect(printableJson(json)).not.toMatch(/[\x7f-\x9f\u202e]/)
  expect(printableJson('{\n  "a": "ö"\n}\n')).toBe('{\n  "a": "ö"\n}\n')
})
