import { afterAll, describe, expect, test } from '@jest/globals'
import { argmax } from '../../src/engine/decision.ts'
import { distances, toUnit } from '../../src/engine/lattice.ts'
import { attackNames, loadAttack } from '../../src/engine/registry.ts'
import { evaluate } from '../../src/evaluate.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import type { NormName } from '../../src/norms.ts'
import { clip } from '../../src/ops/elementwise.ts'
import { reshape } from '../../src/ops/shape.ts'
import { N } from '../../src/shape.ts'
import { constant, input, type Tensor } from '../../src/tensor.ts'
import { attackTogether, readied, targetOf } from '../support/attacking.ts'
import { normals, uniform } from '../support/values.ts'

// Every file of attacks/ meets a defense that only hides its gradients, and a net that is robust by proof.

const [CLASSES, D, SHAPE] = [5, 192, [N, 3, 8, 8]]
const x = input(SHAPE, 'x')
/** What an attack towards a picture is given: none of those that are attacked. */
const opposite = (levels: Uint8Array): Uint8Array => levels.map(v => 255 - v)

const executor = cpu()
afterAll(() => executor.close())

const known = await Promise.all((await attackNames()).map(loadAttack))
const cases = known.flatMap(({ name, attack }) =>
  (Object.keys(attack.norms) as NormName[]).map(norm => [name, norm, attack] as const),
)

describe('a defense that saturates', () => {
  // Steps that are flat but for a millionth of their width, then a linear net that little turns.
  const weights = constant(
    Float32Array.from(normals(D * CLASSES, 1), v => v / Math.sqrt(D)),
    [D, CLASSES],
  )
  const STEPS = 32
  const edges = Array.from({ length: STEPS }, (_, j) => constant((j + 0.5) / STEPS))
  const steep = constant(1e6)
  const stairs = (at: Tensor): Tensor =>
    edges.map(edge => clip(at.sub(edge).mul(steep), 0, 1)).reduce((a, b) => a.add(b))
  const net = (at: Tensor): Tensor => reshape(stairs(at).div(STEPS).sub(0.5), [N, D]).matmul(weights)
  const target = targetOf(SHAPE, CLASSES, net)
  const pictures = [1, 2, 3, 4].map(seed => {
    const next = uniform(seed)
    return Uint8Array.from({ length: D }, () => Math.floor(next() * 256))
  })
  const labels = pictures.map(levels => argmax(evaluate([net(x)], new Map([[x, toUnit(levels)]]))[0]))

  test.each(cases)(
    '%s, %s: its gradients are reported as zero, and what needs none breaks it',
    async (name, norm, { stages }) => {
      const found = await attackTogether(
        executor,
        await readied(target, name, norm, { guide: opposite(pictures[0]) }),
        pictures,
        labels,
      )
      for (const f of found) {
        expect(f.nonFinite).toBe(0)
        expect(f.zeroGradients).toBe(f.gradients)
      }
      if (stages || found.every(f => f.gradients === 0))
        expect(found.filter(f => f.levels).length).toBeGreaterThanOrEqual(pictures.length / 2)
    },
  )
})

describe('a net with a certificate', () => {
  // Each class is the sum over a fifth of the values: its lead over another is linear, with slopes of ±1 in two fifths.
  const fifth = (i: number): number => Math.floor((i * CLASSES) / D)
  const sums = Float32Array.from({ length: D * CLASSES }, (_, i) =>
    Number(fifth(Math.floor(i / CLASSES)) === i % CLASSES),
  )
  const weights = constant(sums, [D, CLASSES])
  const net = (at: Tensor): Tensor => reshape(at, [N, D]).matmul(weights)
  const target = targetOf(SHAPE, CLASSES, net)
  const labels = [0, 1, 2, 3, 4]
  const pictures = labels.map(label => {
    const next = uniform(label)
    return Uint8Array.from({ length: D }, (_, i) => (fifth(i) === label ? 210 : 20) + 25 * next())
  })
  /** How far it is to the nearest other class at least: the lead over the dual length of its slope, for each norm. */
  const certificates = pictures.map((levels, label) => {
    const [z] = evaluate([net(x)], new Map([[x, toUnit(levels)]]))
    const leads = [...z].flatMap((other, k) =>
      k === label
        ? []
        : [
            {
              lead: z[label] - other,
              slopes: Array.from({ length: D }, (_, i) => i).filter(i => [k, label].includes(fifth(i))).length,
            },
          ],
    )
    const least = (of: (lead: number, slopes: number) => number): number =>
      Math.min(...leads.map(({ lead, slopes }) => of(lead, slopes)))
    return {
      linf: least((lead, slopes) => lead / slopes),
      l2: least((lead, slopes) => lead / Math.sqrt(slopes)),
      l1: least(lead => lead),
      l0: least(lead => Math.ceil(lead / 3)), // three values of a pixel
    }
  })

  test.each(cases)('%s, %s: nothing breaks it below its certificate', async (name, norm, { norms }) => {
    const found = await attackTogether(
      executor,
      await readied(target, name, norm, { guide: opposite(pictures[0]) }),
      pictures,
      labels,
    )
    const eps = norms[norm]!.eps
    for (const [i, { levels, beforeRounding, zeroGradients }] of found.entries()) {
      expect(zeroGradients).toBe(0)
      if (eps !== undefined) {
        expect(eps).toBeLessThan(certificates[i][norm])
        expect([levels, beforeRounding.adversarial]).toEqual([null, false])
      } else if (levels) expect(distances(levels, pictures[i], 3)[norm]).toBeGreaterThanOrEqual(certificates[i][norm])
    }
  })
})
