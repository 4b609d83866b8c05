import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { inspectModel } from '../../src/cli/inspection.ts'
import type { Line } from '../../src/engine/options.ts'
import { verifyRun } from '../../src/engine/verify.ts'
import { encodePng } from '../../src/io/png.ts'
import { advx } from '../cli/process.ts'
import { folderOf } from '../io/folder.ts'
import { committed, type Family, familyPicture } from './families.ts'

// Every family of image classifiers as a user meets it: pictures, labels and a file.

const PICTURES = 3

describe.each(committed.map(family => [family.name, family] as const))('%s', (_, family) => {
  test('pgd breaks its pictures, and the written files hold', async () => {
    const cwd = await folderOf(await picturesOf(family))
    const args = [
      'attack',
      'pictures',
      '-m',
      family.path,
      '-a',
      'pgd',
      '-l',
      'labels.csv',
      '-o',
      'out',
      '--strict',
      '--threads',
      '1',
    ]
    expect(await advx(args, { cwd })).toMatchObject({ code: 0 })
    const out = join(cwd, 'out')
    const lines = (await readFile(join(out, 'results.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(lines.map((line): Line => JSON.parse(line).outcome)).toEqual(new Array(PICTURES).fill('adversarial'))
    expect(await verifyRun(out, { model: family.path, device: 'cpu' })).toEqual({ lines: PICTURES, differences: [] })
  })

  test('inspect says what onnx and PyTorch say', async () => {
    const { operators, blocking, opsets, parameters, classifier, obstacle } = await inspectModel(family.path, {})
    expect(Object.fromEntries(operators.map(({ type, count }) => [type, count]))).toEqual(family.operators)
    expect(operators.filter(({ known }) => !known)).toEqual([])
    expect({ blocking, obstacle }).toEqual({ blocking: [], obstacle: null })
    expect(opsets).toContainEqual(['opset', family.opset])
    expect(parameters).toBeGreaterThan(0)
    expect(classifier?.batch).toBe('any')
    expect(classifier?.input).toEqual({ channels: 3, height: family.size, width: family.size })
    expect(classifier?.classes.names).toHaveLength(family.classes)
    expect(classifier?.preprocessing.from).toBe('metadata')
  })
})

/** The first pictures with the classes that PyTorch takes them for. */
async function picturesOf({ size, predictions }: Family): Promise<Record<string, string | Uint8Array>> {
  const files: Record<string, string | Uint8Array> = { 'labels.csv': '' }
  for (let seed = 0; seed < PICTURES; seed++) {
    files[`pictures/${seed}.png`] = await encodePng(familyPicture(seed, size))
    files['labels.csv'] += `${seed}.png,${predictions[seed]}\n`
  }
  return files
}
