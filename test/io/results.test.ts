import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { openOut } from '../../src/io/results.ts'
import { folderOf, mayTestPermissions } from './folder.ts'

const PLAN = { attack: 'pgd', eps: 0.1 }

/** Every file and folder below, sorted. */
const tree = async (folder: string): Promise<string[]> => (await readdir(folder, { recursive: true })).sort()

const failing = (folder: string, plan: object = PLAN, options = {}): Promise<string> =>
  openOut(folder, plan, options).then(
    () => 'no error',
    error => `${error.fault}: ${error.message}`,
  )

test('a new folder gets its plan; the same plan resumes, with a torn line cut off', async () => {
  const folder = join(await folderOf(), 'deep', 'out')
  const first = await openOut(folder, PLAN)
  expect(first.resumed).toBe(false)
  await first.append({ image: 'a.png' })
  await first.close()
  await writeFile(join(folder, 'results.jsonl'), '{"image":"a.png"}\n{"ima')
  const second = await openOut(folder, { eps: 0.1, attack: 'pgd' })
  expect([second.resumed, await second.lines()]).toEqual([true, [{ image: 'a.png' }]])
  await second.close()
  expect(await tree(folder)).toEqual(['plan.json', 'results.jsonl'])
  expect(JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8'))).toEqual({ tool: 'advx', ...PLAN })
})

test('another plan is a usage error that names what differs, and leaves everything, unlocked', async () => {
  const folder = await folderOf()
  await (await openOut(folder, PLAN)).close()
  expect(await failing(folder, { ...PLAN, eps: 0.2 })).toMatch(/^usage: .*eps: 0\.1 there, 0\.2 now\. Give --force/)
  expect(await failing(folder, Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i])))).toMatch(
    /and \d+ more\./,
  )
  expect(await tree(folder)).toEqual(['plan.json', 'results.jsonl'])
  await (await openOut(folder, PLAN)).close()
})

describe('a folder with files', () => {
  test('that are not called like ours is used, and they stay', async () => {
    const folder = await folderOf({ 'notes.txt': 'x', 'photos/a.png': 'x' })
    await (await openOut(folder, PLAN, { folders: ['pgd'] })).close()
    expect(await tree(folder)).toEqual(['notes.txt', 'photos', 'photos/a.png', 'plan.json', 'results.jsonl'])
  })

  test.each([
    ['results.jsonl', 'x'],
    ['clean/a.png', 'x'],
    ['report.md', 'x'],
    ['report.csv', 'x'],
    ['pgd/a.png', 'x'],
    ['plan.json', '{"tool":"terraform"}'],
    ['plan.json', 'no JSON'],
  ])('that has %s but no plan of ours is refused, also with force', async (name, text) => {
    const folder = await folderOf({ [name]: text })
    for (const force of [false, true])
      expect(await failing(folder, PLAN, { force, folders: ['pgd'] })).toMatch(
        /^usage: .* no plan of ours\. Choose another/,
      )
    expect(await readFile(join(folder, name), 'utf8')).toBe(text)
    expect(await readdir(folder)).not.toContain('.lock')
  })
})

describe('force', () => {
  const line = (image: string, file: string | null): string => `${JSON.stringify({ image, file })}\n`
  const planned = { 'plan.json': '{"tool":"advx","old":1}' }

  test('removes what results.jsonl names, and nothing else', async () => {
    const folder = await folderOf({
      ...planned,
      'results.jsonl':
        line('bag/1.jpg', 'pgd/bag/1.png') +
        line('bag/2.jpg', null) +
        line('a.jpg', 'pgd@0.1/a.jpg.png') +
        'rubbish\n{"to',
      'report.json': '',
      'report.html': '',
      'report.md': '',
      'report.csv': '',
      'clean/bag/1.png': '',
      'clean/bag/2.png': '',
      'clean/a.jpg.png': '',
      'clean/mine.png': '',
      'pgd/bag/1.png': '',
      'pgd/bag/mine.txt': '',
      'pgd@0.1/a.jpg.png': '',
      'notes.txt': '',
    })
    const out = await openOut(folder, PLAN, { force: true, folders: ['pgd'] })
    expect([out.resumed, await out.lines()]).toEqual([false, []])
    await out.close()
    expect(await tree(folder)).toEqual([
      'clean',
      'clean/mine.png',
      'notes.txt',
      'pgd',
      'pgd/bag',
      'pgd/bag/mine.txt',
      'plan.json',
      'results.jsonl',
    ])
    expect(JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8'))).toEqual({ tool: 'advx', ...PLAN })
  })

  test('follows no path and no link out of the folder, and removes only pictures in subfolders', async () => {
    const outside = await folderOf({ 'a.png': '', 'sub/b.png': '' })
    const folder = await folderOf({ ...planned, 'mine.png': '', 'pgd/notes.txt': '', 'x\\..\\c.png': '' })
    await symlink(join(outside, 'sub'), join(folder, 'fgsm'))
    await symlink(join(outside, 'a.png'), join(folder, 'pgd', 'link.png'))
    const names = [
      `../${outside.split('/').at(-1)}/a.png`,
      `${outside}/a.png`,
      'fgsm/b.png',
      'mine.png',
      'pgd/notes.txt',
      'pgd/../mine.png',
      'pgd/link.png',
      'pgd/./x/../../mine.png',
      '',
      '/',
      '.png',
      'pgd/\0.png',
      'x\\..\\c.png',
    ]
    await writeFile(
      join(folder, 'results.jsonl'),
      `${names.map(name => line(name, name)).join('')}{"file":7,"image":{}}\n`,
    )
    await (await openOut(folder, PLAN, { force: true })).close()
    expect(await tree(outside)).toEqual(['a.png', 'sub', 'sub/b.png'])
    const left = await tree(folder)
    for (const name of ['fgsm', 'mine.png', 'pgd', 'pgd/notes.txt', 'x\\..\\c.png']) expect(left).toContain(name)
    expect(left).not.toContain('pgd/link.png')
  })
})

test('after a kill the lock is taken over and half-written files are removed', async () => {
  const folder = await folderOf({
    '.lock': '',
    'plan.json': '{"tool":"advx","attack":"pgd","eps":0.1}',
    'pgd/.advx-123-4.tmp': 'x',
  })
  const out = await openOut(folder, PLAN)
  expect(out.resumed).toBe(true)
  expect(await readdir(join(folder, 'pgd'))).toEqual([])
  await out.close()
})

test('one run a folder, by whatever path', async () => {
  const folder = await folderOf()
  await mkdir(join(folder, 'out'))
  await symlink(join(folder, 'out'), join(folder, 'link'))
  const out = await openOut(join(folder, 'out'), PLAN)
  expect(await failing(join(folder, 'link'))).toMatch(new RegExp(`^usage: .* in use by process ${process.pid}`))
  await out.close()
  expect(await failing(join(folder, 'link'))).toBe('no error')
})

test('a path that is a file, below a file or not to be written is an output fault', async () => {
  const folder = await folderOf({ file: '' })
  expect(await failing(join(folder, 'file'))).toMatch(/^output: Cannot write in the folder '.*file': there is a file/)
  expect(await failing(join(folder, 'file', 'out'))).toMatch(/^output: Cannot write in the folder .*is a file/)
  if (!mayTestPermissions()) return
  await mkdir(join(folder, 'closed'))
  await chmod(join(folder, 'closed'), 0o500)
  expect(await failing(join(folder, 'closed'))).toMatch(/^output: .* may not write there/)
})
