import { chmod, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { findSources } from '../../src/io/sources.ts'
import { folderOf, mayTestPermissions } from './folder.ts'

const namesIn = async (...inputs: string[]): Promise<string[]> =>
  (await findSources(inputs)).sources.map(({ name }) => name)

describe('folders', () => {
  test('are walked for picture extensions in any case, sorted by code unit', async () => {
    const root = await folderOf({
      'b/2.PNG': '',
      'b/10.jpeg': '',
      'B/1.avif': '',
      'a.txt': '',
      'é.bmp': '',
      '.DS_Store': '',
      '._x.png': '',
      '.git/y.png': '',
    })
    const { sources, notes } = await findSources([root])
    expect(sources.map(({ name }) => name)).toEqual(['B/1.avif', 'b/10.jpeg', 'b/2.PNG', 'é.bmp'])
    expect(sources[0]).toEqual({ path: join(root, 'B', '1.avif'), name: 'B/1.avif', folder: 'B' })
    expect(notes).toEqual([])
  })

  test('of results of ours and the out folder are passed by', async () => {
    const root = await folderOf({
      'a.png': '',
      'old/plan.json': '{"tool":"advx"}',
      'old/clean/a.png': '',
      'theirs/plan.json': '{"tool":"terraform"}',
      'theirs/b.png': '',
      'out/pgd/a.png': '',
    })
    const { sources, notes } = await findSources([root], { out: join(root, 'out') })
    expect(sources.map(({ name }) => name)).toEqual(['a.png', 'theirs/b.png'])
    expect(notes).toEqual([`Skipped: '${join(root, 'old')}', results of an earlier run.`])
  })

  test('that are linked are followed once, after the real ones, and never upwards', async () => {
    const [root, other] = [await folderOf({ 'z/1.png': '' }), await folderOf({ '2.png': '' })]
    await symlink(join(root, 'z'), join(root, 'a-link'))
    await symlink(root, join(root, 'z', 'up'))
    await symlink(join(root, '..'), join(root, 'further-up'))
    await symlink(other, join(root, 'other'))
    await symlink(root, join(other, 'back'))
    const { sources, notes } = await findSources([root])
    expect(sources.map(({ name }) => name)).toEqual(['other/2.png', 'z/1.png'])
    expect(notes.sort()).toEqual([
      `Not followed: '${join(root, 'further-up')}', a link to a folder above it.`,
      `Not followed: '${join(root, 'z', 'up')}', a link to a folder above it.`,
    ])
  })

  test('may hold linked pictures, two of one file and one that leads nowhere', async () => {
    const root = await folderOf({ 'blobs/x': '' })
    for (const name of ['a.png', 'b.png']) await symlink(join(root, 'blobs', 'x'), join(root, name))
    await symlink(join(root, 'nowhere'), join(root, 'c.png'))
    expect(await namesIn(root)).toEqual(['a.png', 'b.png', 'c.png'])
  })

  test('that may not be read are noted', async () => {
    if (!mayTestPermissions()) return
    const root = await folderOf({ 'a.png': '', 'secret/b.png': '' })
    await chmod(join(root, 'secret'), 0)
    const { sources, notes } = await findSources([root])
    await chmod(join(root, 'secret'), 0o700)
    expect([sources.length, notes]).toEqual([1, [`Not read: '${join(root, 'secret')}' (EACCES).`]])
  })
})

describe('files and globs', () => {
  test('a file of any extension; its root is its folder', async () => {
    const root = await folderOf({ 'cat/picture': '', 'cat/.hidden.png': '' })
    const { sources } = await findSources([join(root, 'cat', 'picture'), join(root, 'cat', '.hidden.png')])
    expect(sources.map(({ name, folder }) => [name, folder])).toEqual([
      ['.hidden.png', 'cat'],
      ['picture', 'cat'],
    ])
  })

  test('a glob gives names below its fixed prefix; matched folders are walked', async () => {
    const root = await folderOf({
      'cat/1.png': '',
      'cat/x.txt': '',
      'cow/2/3.jpg': '',
      'dog/1.png': '',
      'dog/4.jfif': '',
    })
    expect(await namesIn(`${root}/c*`)).toEqual(['cat/1.png', 'cow/2/3.jpg'])
    expect(await namesIn(`${root}/*/*`)).toEqual(['cat/1.png', 'cow/2/3.jpg', 'dog/1.png'])
    expect(await namesIn(`${root}/**/*.jfif`)).toEqual(['dog/4.jfif'])
    expect(await namesIn(`${root}/dog/*.{png,jpg}`)).toEqual(['1.png'])
  })

  test('a file that is named like a pattern is that file', async () => {
    const root = await folderOf({ 'a*.png': '', 'ab.png': '' })
    expect(await namesIn(join(root, 'a*.png'))).toEqual(['a*.png'])
  })
})

describe('several inputs', () => {
  test('their roots come first, numbered where two have one name', async () => {
    const [one, two] = [await folderOf({ 'cat/1.png': '', 'Cat-2/5.png': '' }), await folderOf({ 'cat/1.png': '' })]
    const inputs = [join(one, 'cat'), join(two, 'cat'), join(one, 'Cat-2')]
    expect(await namesIn(...inputs)).toEqual(['Cat-2/5.png', 'cat-3/1.png', 'cat/1.png'])
  })

  test('each picture is taken once; files of one folder have one root', async () => {
    const root = await folderOf({ 'cat/1.png': '', 'cat/2.png': '', 'dog/1.png': '' })
    expect(await namesIn(join(root, 'cat', '2.png'), join(root, 'cat', '1.png'))).toEqual(['1.png', '2.png'])
    expect(await namesIn(root, root, `${root}/`)).toEqual(['cat/1.png', 'cat/2.png', 'dog/1.png'])
    const mixed = (await findSources([root, join(root, 'cat'), join(root, 'dog', '1.png')])).sources
    expect(new Set(mixed.map(({ path }) => path)).size).toBe(mixed.length)
    expect(mixed).toHaveLength(3)
  })
})

describe('usage errors', () => {
  const failing = (inputs: string[], out: string | null = null): Promise<string> =>
    findSources(inputs, { out }).then(
      () => 'no error',
      error => `${error.name} ${error.fault}: ${error.message}`,
    )

  test('name the path that is not there, the glob without a match and what was looked for', async () => {
    const root = await folderOf({ 'notes.txt': '' })
    expect(await failing([join(root, 'none')])).toMatch(/^AdvxError usage: .*none'\. There is no such path/)
    expect(await failing([`${root}/*.png`])).toMatch(/^AdvxError usage: .*Nothing below '.*' matches/)
    expect(await failing([root])).toMatch(/^AdvxError picture: Found no picture \(\.png .*\.bmp\) in '.*advx-io/)
    expect(await failing([])).toMatch(/in no path at all/)
  })

  test('an out folder that is the input, by whatever name, and results as input', async () => {
    const root = await folderOf({ 'p/a.png': '', 'old/plan.json': '{"tool":"advx"}', 'old/clean/a.png': '' })
    await symlink(join(root, 'p'), join(root, 'q'))
    for (const input of [join(root, 'p'), join(root, 'q'), `${root}/p/*.png`])
      expect(await failing([input], join(root, 'p'))).toMatch(/other than that of the pictures/)
    expect(await failing([join(root, 'old')])).toMatch(/It holds results; .*old\/clean'/)
    expect(await failing([join(root, 'old', 'clean')])).toBe('no error')
  })

  test('an out folder that is a file', async () => {
    const root = await folderOf({ 'p/a.png': '', file: '' })
    expect(await failing([join(root, 'p')], join(root, 'file'))).toMatch(
      /^AdvxError output: Cannot write in the folder '.*file': .* is a file, not a folder\. Choose another --out\.$/,
    )
  })

  test('a folder without pictures says what was skipped', async () => {
    const root = await folderOf({ 'old/plan.json': '{"tool":"advx"}', 'old/a.png': '' })
    await mkdir(join(root, 'empty'))
    expect(await failing([root])).toMatch(/Skipped: '.*old', results of an earlier run/)
  })
})
