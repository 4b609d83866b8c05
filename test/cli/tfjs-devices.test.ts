import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Line } from '../../src/engine/options.ts'
import { folderOf } from '../io/folder.ts'
import { advx, images } from './process.ts'

test('pictures that TensorFlow.js made adversarial are so for ONNX Runtime too', async () => {
  const cwd = await folderOf()
  const attack = await advx(['attack', images, '-a', 'pgd', '--steps', '4', '--limit', '4', '-d', 'tfjs-cpu'], { cwd })
  expect(attack).toMatchObject({ code: 0, stderr: '' })
  const rows = (await readFile(join(cwd, 'advx-out/results.jsonl'), 'utf8')).trimEnd().split('\n')
  const lines: Line[] = rows.map(row => JSON.parse(row))
  expect(lines.filter(({ outcome }) => outcome === 'adversarial').length).toBeGreaterThanOrEqual(2)
  const verified = await advx(['verify', 'advx-out', '-d', 'cpu'], { cwd })
  expect(verified.stdout).toMatch(/^All hold: 4 lines/)
  expect(verified.code).toBe(0)
})

test('a device that is not installed is a usage error with the command that installs it', async () => {
  const cwd = await folderOf()
  const env = { ADVX_TFJS_NODE: join(cwd, 'empty') }
  const { code, stderr } = await advx(['attack', images, '-d', 'tfjs-node-gpu'], { cwd, env })
  expect(code).toBe(2)
  expect(stderr).toMatch(/Set it up by: (bash .*bin\/tfjs-node\.sh gpu|npm install @tensorflow\/tfjs-node-gpu@)/)
})
