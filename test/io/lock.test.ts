import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { takeLock } from '../../src/io/lock.ts'
import { folderOf } from './folder.ts'

const lockOf = (pid: number, host = hostname()): string => JSON.stringify({ pid, host })

test('names its holder, keeps others out and is gone when released', async () => {
  const folder = await folderOf()
  const lock = await takeLock(folder)
  expect(JSON.parse(await readFile(join(folder, '.lock'), 'utf8'))).toEqual({ pid: process.pid, host: hostname() })
  await expect(takeLock(folder)).rejects.toMatchObject({
    fault: 'usage',
    message: expect.stringMatching(new RegExp(`in use by process ${process.pid}\\. Wait for it`)),
  })
  await lock.release()
  expect(await readdir(folder)).toEqual([])
  await (await takeLock(folder)).release()
})

test('of many at once, one gets it', async () => {
  const folder = await folderOf()
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => takeLock(folder)))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('of a living process keeps us out; of a killed one is taken over', async () => {
  const folder = await folderOf()
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  await once(child, 'spawn')
  await writeFile(join(folder, '.lock'), lockOf(child.pid!))
  await expect(takeLock(folder)).rejects.toThrow(`process ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = await takeLock(folder)
  expect(lock.afterKill).toBe(true)
  expect(await readdir(folder)).toEqual(['.lock'])
  await lock.release()
})

test('of a killed process that its parent has not waited for is taken over', async () => {
  if (process.platform !== 'linux') {
    console.log('Skipped: only Linux tells such a process from a living one.')
    return
  }
  const folder = await folderOf()
  // The shell's child is killed, but the shell, now `sleep`, never waits for it.
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; kill -9 $!; exec sleep 60'])
  const [pid] = await once(parent.stdout, 'data')
  await writeFile(join(folder, '.lock'), lockOf(Number(pid)))
  let lock = await takeLock(folder).catch(() => null)
  for (let tries = 0; !lock && tries < 50; tries++) {
    await setTimeout(20)
    lock = await takeLock(folder).catch(() => null)
  }
  expect(process.kill(Number(pid), 0)).toBe(true)
  parent.kill('SIGKILL')
  expect(lock?.afterKill).toBe(true)
})

test.each([
  ['an earlier process with our number, in a container that started again', lockOf(process.pid)],
  ['a process that was killed before it wrote its number', ''],
  ['rubbish', '{"pid":-1}'],
])('of %s is taken over', async (_, text) => {
  const folder = await folderOf({ '.lock': text })
  const lock = await takeLock(folder)
  expect(lock.afterKill).toBe(true)
  await lock.release()
})

test('of another host cannot be judged: the message says what to do', async () => {
  const folder = await folderOf({ '.lock': lockOf(1, 'elsewhere') })
  await expect(takeLock(folder)).rejects.toThrow(/process 1 on 'elsewhere'\. If it no longer runs, delete '.*\.lock'/)
})
