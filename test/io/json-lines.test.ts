import { existsSync } from 'node:fs'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { openJsonLines } from '../../src/io/json-lines.ts'
import { folderOf } from './folder.ts'

const fileOf = async (content?: string | Uint8Array): Promise<string> =>
  join(await folderOf(content === undefined ? {} : { 'r.jsonl': content }), 'r.jsonl')

test('appends, reads and truncates', async () => {
  const path = await fileOf()
  const file = await openJsonLines(path)
  expect(await file.lines()).toEqual([])
  for (const i of [0, 1, 2]) await file.append({ i, text: 'ü\n' })
  expect(await file.lines()).toEqual([0, 1, 2].map(i => ({ i, text: 'ü\n' })))
  await file.truncate(2)
  await file.append({ i: 9 })
  expect((await file.lines()).map(line => (line as { i: number }).i)).toEqual([0, 1, 9])
  await file.truncate(7)
  expect(await file.lines()).toHaveLength(3)
  await file.truncate(0)
  expect(await readFile(path, 'utf8')).toBe('')
  await file.close()
})

test('lines that are added at once do not mix, in the order of the calls', async () => {
  const path = await fileOf()
  const file = await openJsonLines(path)
  await Promise.all(Array.from({ length: 50 }, (_, i) => file.append({ i, fill: 'x'.repeat(5000) })))
  await file.close()
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  expect(lines.map(line => JSON.parse(line).i)).toEqual(Array.from({ length: 50 }, (_, i) => i))
})

describe('a torn end', () => {
  const whole = '{"i":0}\n{"i":1}\n'
  test.each([
    ['half a record', '{"i":2,"te'],
    ['a record without its newline', '{"i":2}'],
    ['half a character', Buffer.from('{"t":"é').subarray(0, 7)],
    ['zeros after a power cut', new Uint8Array(100)],
    ['a broken last line', '{"i":\n'],
    ['a last line that is no record', '7\n'],
  ])('%s is cut off, and what follows is whole', async (_, torn) => {
    const path = await fileOf(whole)
    await appendFile(path, torn)
    const file = await openJsonLines(path)
    expect(await readFile(path, 'utf8')).toBe(whole)
    await file.append({ i: 2 })
    await file.close()
    expect(await readFile(path, 'utf8')).toBe(`${whole}{"i":2}\n`)
  })

  test('wherever a kill cuts the file, the records before it are there', async () => {
    const bytes = Buffer.from('{"i":0,"t":"é"}\n{"i":1}\n{"i":2}\n')
    const path = await fileOf()
    for (let cut = 0; cut <= bytes.length; cut++) {
      await writeFile(path, bytes.subarray(0, cut))
      const file = await openJsonLines(path)
      const complete = bytes.subarray(0, cut).filter(byte => byte === 10).length
      expect((await file.lines()).map(line => (line as { i: number }).i)).toEqual([0, 1, 2].slice(0, complete))
      await file.close()
    }
  })
})

test('a broken line before the last is an output fault that names file and line', async () => {
  const path = await fileOf('{"i":0}\nrubbish\n{"i":2}\n')
  await expect(openJsonLines(path)).rejects.toMatchObject({
    fault: 'output',
    message: expect.stringMatching(/in line 2 of '.*r\.jsonl'/),
  })
  expect(await readFile(path, 'utf8')).toContain('rubbish')
})

test('a full disk is an output fault that says so', async () => {
  if (!existsSync('/dev/full')) {
    console.log('Skipped: this system has no /dev/full.')
    return
  }
  const file = await openJsonLines('/dev/full')
  await expect(file.append({ i: 0 })).rejects.toMatchObject({
    fault: 'output',
    message: expect.stringMatching(/^Cannot write '\/dev\/full': the disk is full/),
  })
  await file.close()
})
