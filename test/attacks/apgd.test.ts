import { afterAll, describe, expect, test } from '@jest/globals'
import { argmax } from '../../src/engine/decision.ts'
import type { Found } from '../../src/engine/job.ts'
import { toUnit } from '../../src/engine/lattice.ts'
import { loadAttack } from '../../src/engine/registry.ts'
import { evaluate } from '../../src/evaluate.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { relu } from '../../src/ops/elementwise.ts'
import { reshape } from '../../src/ops/shape.ts'
import { N } from '../../src/shape.ts'
import { constant, input, type Tensor } from '../../src/tensor.ts'
import { attackTogether, type Changes, readied, targetOf } from '../support/attacking.ts'
import { normals, uniform } from '../support/values.ts'

const [D, SHAPE] = [192, [N, 3, 8, 8]]
const x = input(SHAPE, 'x')
const executor = cpu()
afterAll(() => executor.close())

const random = (shape: number[], seed: number): Tensor =>
  constant(
    Float32Array.from(normals(shape[0] * shape[1], seed), v => v * Math.sqrt(2 / shape[0])),
    shape,
  )
/** A random net of two layers, and pictures that it classifies. */
function setting(classes: number) {
  const [w1, w2] = [random([D, 40], 1), random([40, classes], 2)]
  const net = (at: Tensor): Tensor => relu(reshape(at.sub(0.5), [N, D]).matmul(w1)).matmul(w2)
  const pictures = Array.from({ length: 8 }, (_, seed) => {
    const next = uniform(seed)
    return Uint8Array.from({ length: D }, () => Math.floor(next() * 256))
  })
  const labels = pictures.map(levels => argmax(evaluate([net(x)], new Map([[x, toUnit(levels)]]))[0]))
  return { target: targetOf(SHAPE, classes, net), pictures, labels }
}
async function broken(classes: number, changes: Changes): Promise<Found[]> {
  const { target, pictures, labels } = setting(classes)
  return attackTogether(executor, await readied(target, 'apgd', 'linf', changes), pictures, labels)
}
const count = (found: readonly Found[]): number => found.filter(f => f.levels).length

describe('the difference of logits ratio of a model with few classes', () => {
  test.each([2, 3, 4])('%i: it still climbs, towards a class too', async classes => {
    for (const targets of [0, 9]) {
      const found = await broken(classes, { params: { loss: 'dlr', targets }, eps: 24 / 255 })
      expect(count(found)).toBe(8)
      expect(found.every(f => f.nonFinite === 0)).toBe(true)
    }
  })

  test('is told where it is not the one of the paper', async () => {
    const { attack } = await loadAttack('apgd')
    const note = (loss: string, classes: number) => attack.note!({ ...attack.params, loss }, classes)
    expect(note('dlr', 2)).toMatch(/has 2 classes: apgd climbs the margin itself/)
    expect(note('dlr', 3)).toMatch(/has 3 classes: with a class aimed at, apgd divides by/)
    expect([note('dlr', 4), note('ce', 2)]).toEqual([null, null])
  })
})

test('each target costs a start, and none is left out that alone would have broken a picture', async () => {
  const hard = { eps: 4 / 255 }
  const one = await broken(5, { ...hard, params: { targets: 1, steps: 20 } })
  const all = await broken(5, { ...hard, params: { targets: 4, steps: 20 } })
  for (const [i, f] of one.entries()) if (f.levels) expect(all[i]).toEqual(f)
  for (const f of all) if (!f.levels) expect(f.gradients).toBeGreaterThanOrEqual(80)
  expect(all.some(f => !f.levels)).toBe(true)
})

test('points of the larger balls do not count as found before rounding', async () => {
  const found = await broken(5, { eps: 2 / 255, params: { rounds: 8, steps: 10 } })
  expect(found.some(f => f.beforeRounding.adversarial)).toBe(true)
  for (const f of found) if (f.beforeRounding.adversarial) expect(f.beforeRounding.linf).toBeLessThan(2.01 / 255)
})
