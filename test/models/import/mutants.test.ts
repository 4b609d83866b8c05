import { expect, test } from '@jest/globals'
import { AdvxError } from '../../../src/errors.ts'
import type { OnnxModel } from '../../../src/formats/onnx/schema.ts'
import { encodeOnnx } from '../../../src/formats/onnx/write.ts'
import { type Imported, importOnnx } from '../../../src/models/import/import-onnx.ts'
import { mutants } from './mutants.ts'
import { difference, importedRows, noise, runtimeRows } from './small-model.ts'

/** The imported model, or null where it is refused with a reason. */
function readOrRefused(model: OnnxModel): Imported | null {
  try {
    return importOnnx(model)
  } catch (error) {
    if (error instanceof AdvxError) return null
    throw error
  }
}

test.each([1, 2, 3, 4, 5])('500 models with random faults are read or refused with a reason, seed %i', seed => {
  const refused = Array.from(mutants(seed, 500), readOrRefused).filter(result => result === null)
  expect(refused.length).toBeGreaterThan(50)
  expect(refused.length).toBeLessThan(450)
})

test('what is read in spite of a fault is what ONNX Runtime reads, where it reads it', async () => {
  let compared = 0
  for (const model of mutants(6, 500)) {
    const imported = readOrRefused(model)
    const { channels, height, width, layout, batch } = imported?.picture ?? {}
    const usual = layout === 'NCHW' && (batch === null || batch === 1) && channels! * height! * width! < 20_000
    if (
      !imported ||
      !usual ||
      imported.logits.shape[1] > 20_000 ||
      imported.notes.some(note => /taken away/.test(note))
    )
      continue
    const pictures = [3, 8].map(seed => noise(channels! * height! * width!, seed))
    const given = await runtimeRows(encodeOnnx(model), pictures, [channels!, height!, width!]).catch(() => null)
    if (!given) continue
    compared++
    const single = imported.notes.some(note => /logit of class 1/.test(note))
    const rows = single ? given.map(([z]) => [0, z]) : given
    expect(difference(importedRows(imported, pictures), rows)).toBeLessThan(1e-4)
  }
  expect(compared).toBeGreaterThan(50)
})
