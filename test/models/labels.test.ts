import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parseLabels, readLabels } from '../../src/models/labels.ts'

const classes = ['cat', 'dog', 'a "b", c']
const read = (text: string) => Object.fromEntries(parseLabels(text, classes, 'labels.csv'))

describe('labels.csv', () => {
  test('with and without header, byte order mark, CRLF, quotes, names and indices', () => {
    expect(read('image,label\na.png,cat\nb/c.png,1\n')).toEqual({ 'a.png': 0, 'b/c.png': 1 })
    expect(read('\uFEFFImage, Label\r\n"a, b.png","a ""b"", c"\r\n\r\n./x/y.png , DOG')).toEqual({
      'a, b.png': 2,
      'x/y.png': 1,
    })
    expect(read('file_name,class\na.png,cat\n')).toEqual({ 'a.png': 0 })
    expect(read('"two\nlines.png",cat')).toEqual({ 'two\nlines.png': 0 })
    expect(read('')).toEqual({})
  })

  test.each([
    ['a.png,cow', "line 1 of labels.csv but got 'cow'"],
    ['image,label\na.png,3', "index from 0 to 2 for line 2 of labels.csv but got '3'"],
    ['a.png,cat\n\nb.png,1\n./a.png,dog', "Line 4 of labels.csv gives 'a.png' a label, but line 1 did already"],
    ['"x\ny",cat\n../a.png,cat', "line 3 of labels.csv but got '../a.png'"],
    ['b/../a.png,cat', 'a path below a folder'],
    ['/a.png,cat', 'a path below a folder'],
    ['C:\\a.png,cat', 'a path below a folder'],
    [',cat', 'a path below a folder'],
    ['a//b.png,cat', 'a path below a folder'],
    ['a.png', 'two columns, image and label, for line 1 of labels.csv but got'],
    ['a.png,cat,dog', '3 of them'],
    ['a.png,cat\n"b.png,dog', 'line 2: a quote'],
    ['a.png,c"at', 'line 1: a quote'],
    ['"a".png,cat', 'line 1: a quote'],
  ])('%j', (text, message) => {
    expect(() => read(text)).toThrow(message)
    expect(() => read(text)).toThrow(expect.objectContaining({ fault: 'usage' }))
  })

  test('from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'advx-labels-'))
    writeFileSync(join(folder, 'l.csv'), '\uFEFFa.png,dog')
    expect(await readLabels(join(folder, 'l.csv'), classes)).toEqual(new Map([['a.png', 1]]))
    for (const utf16 of [
      Buffer.from('\uFEFFa.png,dog', 'utf16le'),
      Buffer.from('\uFEFFa.png,dog', 'utf16le').swap16(),
    ]) {
      writeFileSync(join(folder, 'l.csv'), utf16)
      expect(await readLabels(join(folder, 'l.csv'), classes)).toEqual(new Map([['a.png', 1]]))
    }
    await expect(readLabels(join(folder, 'none.csv'), classes)).rejects.toMatchObject({ fault: 'usage' })
    rmSync(folder, { recursive: true })
  })
})
