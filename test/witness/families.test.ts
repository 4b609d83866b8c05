import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { argmax, oneHot } from '../../src/engine/decision.ts'
import { toUnit } from '../../src/engine/lattice.ts'
import { gradientOf } from '../../src/engine/trace.ts'
import type { Executor, Program, Values } from '../../src/exec/executor.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { reference } from '../../src/exec/reference.ts'
import { loadModel } from '../../src/models/load.ts'
import { apartFrom, committed, type Family, type FamilyWitness, familiesIn, familyPicture } from './families.ts'

// Every family of image classifiers against PyTorch, from files that its exporters wrote.
// ADVX_FAMILIES=<folder>: also those of published size, where make-families.py --full has written them; prints what it
// measures.

const onCpu = cpu()
afterAll(() => onCpu.close())

/** Bounds on ‖ours − theirs‖ / ‖theirs‖. */
interface Bounds {
  readonly logits: number
  gradient(witness: FamilyWitness): number
}
// The exporter folds BatchNorm in float32: weights move by 1e-7.
const exact: Bounds = { logits: 1e-5, gradient: () => 3e-5 }
const float32: Bounds = { logits: 3e-5, gradient: () => 1e-4 }
// Among 10⁷ values some ReLUs are so near 0 that float32 turns them the other way: PyTorch's own gradients in float32 and
// float64 are up to 0.05 apart.
const large: Bounds = { logits: 2e-3, gradient: () => 0.1 }
// Where every ReLU is told its way, float32's noise and the choices of max pooling are left.
const imposed: Bounds = { logits: 2e-3, gradient: () => 0.01 }

for (const family of committed) {
  compare({ ...family, witnesses: family.witnesses.slice(0, 1) }, reference, exact)
  compare(family, onCpu, float32)
}

const full = process.env.ADVX_FAMILIES
if (full === undefined) console.log('Skipped: ADVX_FAMILIES names no folder with families of published size.')
else
  for (const family of familiesIn(full)) {
    const name = `${family.name} as published`
    compare({ ...family, name }, onCpu, large)
    const path = family.path.replace(/\.onnx$/, '-imposed.onnx')
    if (existsSync(path)) compare({ ...family, name: `${name}, with the ReLUs of float64`, path }, onCpu, imposed)
  }

function compare(family: Family, executor: Executor, bounds: Bounds): void {
  describe(`${family.name} on ${executor.name}`, () => {
    let program: Program
    beforeAll(async () => {
      const { graph, classes, logits, constants, preprocessing } = await loadModel(family.path)
      expect(classes).toHaveLength(family.classes)
      expect(preprocessing.from).toBe('metadata')
      const target = { shape: graph.input.shape, classes: family.classes, logits, constants }
      program = await executor.open(await executor.compile(gradientOf(target, false)))
    })
    afterAll(() => program?.close())

    const resultsOf = async ({ picture }: FamilyWitness): Promise<Values> => {
      const x = toUnit(familyPicture(picture, family.size).levels)
      return program.run({ x, y: oneHot(family.predictions[picture], family.classes) }, 1)
    }

    test('logits and gradient are those of PyTorch', async () => {
      for (const witness of family.witnesses) {
        const { logits, gradient } = await resultsOf(witness)
        const measured = { logits: apart(logits, witness.logits), gradient: apartFrom(witness, gradient) }
        if (full !== undefined) console.log(family.name, executor.name, measured, { float32: witness.float32 })
        expect(argmax(logits)).toBe(family.predictions[witness.picture])
        expect(measured.logits).toBeLessThan(bounds.logits)
        expect(measured.gradient).toBeLessThan(bounds.gradient(witness))
      }
    })
  })
}

function apart(ours: Float32Array, theirs: readonly number[]): number {
  expect(ours).toHaveLength(theirs.length)
  return Math.hypot(...theirs.map((v, i) => ours[i] - v)) / Math.hypot(...theirs)
}
