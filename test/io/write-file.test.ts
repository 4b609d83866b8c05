import { chmod, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { UNFINISHED, writeFileAtomic } from '../../src/io/write-file.ts'
import { folderOf, mayTestPermissions } from './folder.ts'

test('makes the folders above, replaces what is there and leaves no other file', async () => {
  const folder = await folderOf()
  const path = join(folder, 'a', 'b', 'x.txt')
  await writeFileAtomic(path, 'one')
  await writeFileAtomic(path, Uint8Array.of(50))
  expect(await readFile(path, 'utf8')).toBe('2')
  expect(await readdir(join(folder, 'a', 'b'))).toEqual(['x.txt'])
})

test('takes a name as long as the file system does', async () => {
  const folder = await folderOf()
  await writeFileAtomic(join(folder, `${'n'.repeat(251)}.png`), 'x')
  await expect(writeFileAtomic(join(folder, `${'n'.repeat(256)}.png`), 'x')).rejects.toMatchObject({
    fault: 'output',
    message: expect.stringMatching(/^Cannot write '.*': the name is too long/),
  })
  expect(await readdir(folder)).toHaveLength(1)
})

test('many at once to one name: the last whole one stays', async () => {
  const folder = await folderOf()
  const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000))
  await Promise.all(texts.map(text => writeFileAtomic(join(folder, 'x'), text)))
  expect(texts).toContain(await readFile(join(folder, 'x'), 'utf8'))
  expect(await readdir(folder)).toEqual(['x'])
})

test('a folder of that name, or a file on the way, is an output fault and leaves nothing', async () => {
  const folder = await folderOf({ file: '' })
  await mkdir(join(folder, 'x.png', 'full'), { recursive: true })
  await expect(writeFileAtomic(join(folder, 'x.png'), 'x')).rejects.toMatchObject({
    name: 'AdvxError',
    fault: 'output',
  })
  await expect(writeFileAtomic(join(folder, 'file', 'x.png'), 'x')).rejects.toMatchObject({
    fault: 'output',
    message: expect.stringMatching(/is a file|a file of that name/),
  })
  expect((await readdir(folder)).filter(name => UNFINISHED.test(name))).toEqual([])
})

test('a folder that may not be written to is an output fault', async () => {
  if (!mayTestPermissions()) return
  const folder = await folderOf()
  await chmod(folder, 0o500)
  await expect(writeFileAtomic(join(folder, 'x'), 'x')).rejects.toMatchObject({
    fault: 'output',
    message: expect.stringMatching(/may not write there/),
  })
})
