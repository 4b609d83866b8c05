import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { findClass, findClassNames, resolveClass } from '../../src/models/class-names.ts'

const folder = mkdtempSync(join(tmpdir(), 'advx-classes-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (text: string): string => {
  const path = join(folder, 'file')
  writeFileSync(path, text)
  return path
}
const named = async (text: string, count = 2) => (await findClassNames({ option: file(text) }, count)).names

describe('names', () => {
  test('a line each: byte order mark, CRLF, with and without an end', async () => {
    for (const text of ['cat\ndog', 'cat\ndog\n', '\uFEFFcat\r\ndog\r\n', 'cat\rdog'])
      expect(await named(text)).toEqual(['cat', 'dog'])
    expect(await named('tench, Tinca tinca\ncrane\ncrane', 3)).toEqual(['tench, Tinca tinca', 'crane', 'crane'])
  })

  test('in the order option, config.json, metadata, indices', async () => {
    const beside = join(folder, 'config.json')
    writeFileSync(beside, '{"id2label": {"1": "b", "0": "a"}}')
    const metadata = '["m", "n"]'
    expect(await findClassNames({ option: file('x\ny'), beside, metadata }, 2)).toEqual({
      names: ['x', 'y'],
      from: 'option',
    })
    expect(await findClassNames({ beside, metadata }, 2)).toEqual({ names: ['a', 'b'], from: 'config.json' })
    writeFileSync(beside, '{"architectures": []}')
    expect(await findClassNames({ beside, metadata }, 2)).toEqual({ names: ['m', 'n'], from: 'metadata' })
    expect(await findClassNames({ beside }, 3)).toEqual({ names: ['0', '1', '2'], from: 'indices' })
  })

  test('a wrong number of them names both', async () => {
    await expect(named('a\nb\nc')).rejects.toMatchObject({
      fault: 'usage',
      message: expect.stringMatching(/2 class names.*but got 3\. Each class/),
    })
    await expect(named('a', 2)).rejects.toThrow('may be a background class')
    await expect(findClassNames({ metadata: '["a"]' }, 3)).rejects.toMatchObject({ fault: 'model' })
  })

  test.each([
    ['{"id2label": ["a", "b"]}', 'names by index'],
    ['{"id2label": {"0": "a", "2": "b"}}', 'a name for class 1'],
    ['{"id2label": {"0": "a", "1": 5}}', 'a name for class 1'],
    ['nothing', 'is no JSON'],
  ])('config.json %s', async (text, message) => {
    await expect(findClassNames({ beside: file(text) }, 2)).rejects.toThrow(message)
  })

  test('an empty line, and metadata that is no list', async () => {
    await expect(named('a\n\nb', 3)).rejects.toThrow('a class name for line 2')
    await expect(findClassNames({ metadata: '{"a": 1}' }, 2)).rejects.toThrow('a list of names')
    await expect(findClassNames({ metadata: 'a' }, 2)).rejects.toThrow('no JSON')
    await expect(findClassNames({ option: join(folder, 'gone') }, 2)).rejects.toThrow('cannot be read (ENOENT)')
  })
})

describe('one class', () => {
  const classes = ['crane', 'Dog', 'dog', 'crane', '7', 'Bag']
  test.each([
    ['dog', 2],
    ['Dog', 1],
    ['bag', 5],
    ['0', 0],
    ['5', 5],
    ['7', 4],
  ])('%s is %i', (text, index) => expect(resolveClass(text, classes)).toBe(index))

  test.each([
    ['crane', /The classes 0, 3 have that name: give an index/],
    ['DOG', /The classes 1, 2/],
    ['6', /an index from 0 to 5/],
    ['-1', /an index from 0 to 5/],
    ['bagg', /Did you mean 'Bag'\?/],
    ['', /a class name/],
  ])('%j is none', (text, message) => expect(() => resolveClass(text, classes)).toThrow(message))

  test('all that a text may mean', () => {
    expect([findClass('crane', classes), findClass('none', classes), findClass('99', classes)]).toEqual([
      [0, 3],
      [],
      [],
    ])
  })
})
