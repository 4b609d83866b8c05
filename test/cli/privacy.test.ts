import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { folderOf } from '../io/folder.ts'
import { images, start } from './process.ts'

test('ONNX Runtime sends nothing to its makers', async () => {
  if (process.platform !== 'linux') return console.warn('Skipped: what its telemetry opens first is known for Linux.')
  const { child, ended } = start(['attack', images, '--limit', '1', '-o', join(await folderOf(), 'out')])
  expect((await ended).code).toBe(0)
  expect(existsSync(`/tmp/mat-debug-${child.pid}.log`)).toBe(false)
})
