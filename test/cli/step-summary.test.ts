import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { addStepSummary } from '../../src/cli/step-summary.ts'
import { folderOf } from '../io/folder.ts'

test("adds report.md to what the job's summary holds already", async () => {
  const out = await folderOf({ 'report.md': '## advx\n', 'summary.md': 'before\n' })
  expect(await addStepSummary(out, join(out, 'summary.md'))).toBeNull()
  expect(await readFile(join(out, 'summary.md'), 'utf8')).toBe('before\n## advx\n\n')
})

test.each([undefined, ''])('does nothing where nobody asks for it: %j', async file => {
  expect(await addStepSummary('nowhere', file)).toBeNull()
})

test('says why it cannot, and fails no run', async () => {
  const out = await folderOf({ 'report.md': '## advx\n' })
  expect(await addStepSummary(out, join(out, 'no', 'folder', 'summary.md'))).toMatch(/GITHUB_STEP_SUMMARY.*ENOENT/)
  expect(await addStepSummary(join(out, 'elsewhere'), join(out, 'summary.md'))).toMatch(/ENOENT/)
})
