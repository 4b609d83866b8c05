import { relative } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { expandGlob, isGlob, parseGlob } from '../../src/io/glob.ts'
import { folderOf } from './folder.ts'

test.each([
  ['photos/*.png', true],
  ['photos/?.png', true],
  ['{a,b}/1.png', true],
  ['photos/{1}.png', false],
  ['photos/1.png', false],
])('%s is a glob: %s', (text, answer) => {
  expect(isGlob(text)).toBe(answer)
})

test('braces nest and may hold a slash', () => {
  const { base, alternatives } = parseGlob('data/{train,val/{x,y}}/*.png')
  expect(base).toBe('data')
  expect(alternatives.map(a => a.join('/')).sort()).toEqual(['train/*.png', 'val/x/*.png', 'val/y/*.png'])
})

test('the base of a pattern without a folder is the current one, of an absolute one the root', () => {
  expect(parseGlob('*.png').base).toBe('.')
  expect(parseGlob('/*.png').base).toBe('/')
})

describe('expanding', () => {
  const tree = ['a.png', 'b.jpg', 'x[1].png', '.hidden.png', 'cat/1.png', 'cat/deep/2.png', 'dog/1.png', 'dog/10.png']
  const names = async (pattern: string): Promise<string[]> => {
    const root = await folderOf(Object.fromEntries(tree.map(name => [name, ''])))
    const found = await expandGlob(parseGlob(`${root}/${pattern}`), async () => false)
    return found.map(path => relative(root, path)).sort()
  }

  test.each([
    ['*.png', ['a.png', 'x[1].png']],
    ['.*.png', ['.hidden.png']],
    ['?/*.png', []],
    ['dog/?.png', ['dog/1.png']],
    ['*/1.png', ['cat/1.png', 'dog/1.png']],
    ['{cat,dog}/1*.png', ['cat/1.png', 'dog/1.png', 'dog/10.png']],
    ['**/1.png', ['cat/1.png', 'dog/1.png']],
    ['**/*.png', ['a.png', 'cat/1.png', 'cat/deep/2.png', 'dog/1.png', 'dog/10.png', 'x[1].png']],
    ['cat/**/2.png', ['cat/deep/2.png']],
    ['x[1].*', ['x[1].png']],
    ['c*', ['cat']],
    ['*/../a.png', []],
  ])('%s', async (pattern, expected) => {
    expect(await names(pattern)).toEqual(expected)
  })

  test('** at the end names all below, and a skipped folder is not looked into', async () => {
    const root = await folderOf({ 'a.png': '', 'cat/1.png': '', 'out/1.png': '' })
    const found = await expandGlob(parseGlob(`${root}/**`), async ({ path }) => path.endsWith('out'))
    expect(
      found
        .filter(path => path.endsWith('.png'))
        .map(path => relative(root, path))
        .sort(),
    ).toEqual(['a.png', 'cat/1.png'])
  })
})
