import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { folderOf } from '../io/folder.ts'
import { images, start } from './process.ts'

test('a second signal ends the process, and aborts no native run', async () => {
  const cwd = await folderOf()
  for (let i = 0; i < 4; i++) {
    const args = [
      'attack',
      images,
      '--limit',
      '24',
      '--steps',
      '400',
      '--no-early-stop',
      '--threads',
      '2',
      '-o',
      `out${i}`,
    ]
    const { child, ended } = start(args, { cwd })
    while (child.exitCode === null && !(await isBegun(join(cwd, `out${i}`, 'results.jsonl')))) await sleep(10)
    child.kill('SIGINT')
    await sleep(10)
    child.kill('SIGINT')
    const { code, stderr } = await ended
    expect(stderr).toMatch(/^advx: Interrupted.*\n$/)
    expect([130, null]).toContain(code) // null: by the signal itself, while the process was ending
  }
})

const isBegun = (path: string): Promise<boolean> =>
  stat(path).then(
    ({ size }) => size > 0,
    () => false,
  )
