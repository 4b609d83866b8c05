import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { asWritten, differences, readPlan, writePlan } from '../../src/io/plan-file.ts'
import { folderOf } from './folder.ts'

test('what is written is read again, whatever the order of the keys', async () => {
  const folder = await folderOf()
  const plan = asWritten({ b: [1, { d: 2, c: undefined }], a: null })
  await writePlan(folder, plan)
  const read = await readPlan(folder)
  expect(read).toEqual({ tool: 'advx', a: null, b: [1, { d: 2 }] })
  expect(differences(plan, asWritten({ a: null, b: [1, { d: 2 }] }))).toEqual([])
  expect(await readFile(join(folder, 'plan.json'), 'utf8')).toMatch(/^\{\n {2}"a": null,\n {2}"b"/)
})

test.each(['', '{', '7', 'null', '[]', '{"tool":"terraform"}'])('%j is not ours', async text => {
  expect(await readPlan(await folderOf({ 'plan.json': text }))).toBe('foreign')
})

test('differences name every leaf with both values', () => {
  const there = asWritten({
    attacks: [{ name: 'pgd', params: { alpha: 0.25 } }],
    seed: 0,
    gone: {},
    long: 'x'.repeat(99),
  })
  const now = asWritten({ attacks: [{ name: 'pgd', params: { alpha: 0.1 } }], seed: '0', extra: [] })
  expect(differences(there, now)).toEqual([
    'attacks.0.params.alpha: 0.25 there, 0.1 now',
    'extra: nothing there, [] now',
    'gone: {} there, nothing now',
    `long: "${'x'.repeat(59)}… there, nothing now`,
    'seed: 0 there, "0" now',
  ])
})
