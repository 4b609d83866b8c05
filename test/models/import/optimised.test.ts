import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseOnnx } from '../../../src/formats/onnx/read.ts'
import { encodeOnnx } from '../../../src/formats/onnx/write.ts'
import { importOnnx } from '../../../src/models/import/import-onnx.ts'
import { countOperators } from '../../../src/models/import/inventory.ts'
import { families } from './cases.ts'
import { difference, floats, importedRows, node, noise, runtimeRows, type Small, smallModel } from './small-model.ts'

// Files as ONNX Runtime saves them after its own optimisations, against the figures of the files from before.

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'advx-optimised-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The file that ONNX Runtime makes of one. */
async function optimised(bytes: Uint8Array, level: 'basic' | 'extended' | 'all'): Promise<Uint8Array> {
  const { InferenceSession } = await import('onnxruntime-node')
  const path = join(folder, 'optimised.onnx')
  const session = await InferenceSession.create(bytes, {
    graphOptimizationLevel: level,
    optimizedModelFilePath: path,
    logSeverityLevel: 4,
  })
  await session.release()
  return readFileSync(path)
}

const met = new Set<string>()

async function compare(small: Small, level: 'basic' | 'extended'): Promise<void> {
  const bytes = encodeOnnx(smallModel(small))
  const model = parseOnnx(await optimised(bytes, level))
  for (const operator of countOperators(model).keys()) met.add(operator)
  const imported = importOnnx(model)
  if (imported.picture.layout === 'NHWC') return
  const { channels, height, width } = imported.picture
  const pictures = [3, 5].map(seed => noise(channels * height * width, seed))
  const wanted = await runtimeRows(bytes, pictures, [channels, height, width])
  expect(difference(importedRows(imported, pictures), wanted)).toBeLessThan(1e-5)
}

describe.each(Object.entries(families))('%s', (_, cases) => {
  test.each(cases.map(([name, small]) => ({ name, small })))('$name', ({ small }) => compare(small, 'extended'))
})

describe('networks', () => {
  const weights = { w: floats([4, 3, 3, 3]), b: floats([4]), g: floats([6]), k: floats([6, 6]) }
  const relu = [node('Conv', 'x, w, b -> c'), node('Relu', 'c -> z'), node('Flatten', 'z -> y')]
  const gelu = [
    node('Add', 'x, g -> a'),
    node('Div', 'a, root -> d'),
    node('Erf', 'd -> e'),
    node('Add', 'e, one -> f'),
    node('Mul', 'a, f -> h'),
    node('Mul', 'h, half -> z'),
    node('Flatten', 'z -> y'),
  ]
  const constants = { root: floats([], [Math.SQRT2]), one: floats([], [1]), half: floats([], [0.5]) }

  test('with a convolution and its activation, and Gelu spelt out', async () => {
    await compare({ nodes: relu, weights }, 'basic')
    await compare({ nodes: relu, weights }, 'extended')
    await compare({ nodes: gelu, weights: { ...weights, ...constants } }, 'extended')
    for (const operator of [
      'com.microsoft.FusedConv',
      'com.microsoft.Gelu',
      'com.microsoft.QLinearConcat',
      'QLinearConv',
    ])
      expect([...met]).toContain(operator)
  })

  test('laid out for one machine are refused', async () => {
    const wide = { w: floats([16, 3, 3, 3]), b: floats([16]) }
    const bytes = await optimised(encodeOnnx(smallModel({ nodes: relu, weights: wide })), 'all')
    expect(() => importOnnx(parseOnnx(bytes))).toThrow(
      /'com.microsoft.nchwc': ONNX Runtime laid the file out for one machine/,
    )
  })
})
