import { afterAll, describe, expect, test } from '@jest/globals'
import { attack } from '../../src/attack.ts'
import { leads, nearestBoundary } from '../../src/boundaries.ts'
import { programsOf } from '../../src/engine/attack-programs.ts'
import { argmax } from '../../src/engine/decision.ts'
import { toUnit } from '../../src/engine/lattice.ts'
import { planAttacks } from '../../src/engine/plan.ts'
import { evaluate } from '../../src/evaluate.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { conv } from '../../src/ops/conv.ts'
import { clip, relu, where } from '../../src/ops/elementwise.ts'
import { reshape } from '../../src/ops/shape.ts'
import { N } from '../../src/shape.ts'
import { constant, input, type Tensor } from '../../src/tensor.ts'
import { attackTogether, targetOf } from '../support/attacking.ts'
import { normals, uniform } from '../support/values.ts'

const CLASSES = 25
const shape = [N, 3, 8, 8]
const weights = (dims: number[], seed: number, scale: number): Tensor =>
  constant(
    Float32Array.from(
      normals(
        dims.reduce((a, b) => a * b, 1),
        seed,
      ),
      v => v * scale,
    ),
    dims,
  )
const [w1, w2] = [weights([8, 3, 3, 3], 1, 0.3), weights([8 * 36, CLASSES], 2, 0.1)]
/** From a high `threshold` on it says the same of every picture. */
const net = (x: Tensor, threshold = 0): Tensor =>
  reshape(relu(conv(x.sub(0.5).mul(4), w1).sub(threshold)), [N, 8 * 36]).matmul(w2)
const target = targetOf(shape, CLASSES, at => net(at))
const next = uniform(3)
const pictures = Array.from({ length: 6 }, () => Uint8Array.from({ length: 192 }, () => Math.floor(next() * 256)))
const x = input(shape, 'x')
const labels = pictures.map(levels => argmax(evaluate([net(x)], new Map([[x, toUnit(levels)]]))[0]))

const executor = cpu()
afterAll(() => executor.close())

/** The same math as one graph, with the slopes of all candidates in it. */
const traced = attack({
  title: 'DeepFool',
  paper: '',
  norms: { l2: {}, linf: {} },
  params: { steps: 50, overshoot: 0.02, candidates: 10 },
  start: ({ x0 }) => ({ x: x0, r: x0.mul(0), done: x0.sum([1, 2, 3]).mul(0) }),
  step({ x, r }, { x0, y, logits, adversarial, norm }, { overshoot, candidates }) {
    const { w, distance } = nearestBoundary(leads(logits(x), y, candidates - 1), x, norm)
    const won = adversarial(x)
    const total = r.add(norm.direction(w).mul(distance.add(1e-4)))
    const moved = clip(x0.add(total.mul(overshoot.add(1))), 0, 1)
    return { x: where(won, x, moved), r: where(won, r, total), done: won }
  },
})

describe.each(['l2', 'linf'] as const)('%s', norm => {
  test.each([10, 24, CLASSES])('with %d candidates it goes where the math as one graph goes', async candidates => {
    const [plan] = await planAttacks({ attacks: ['deepfool'], norm, params: { candidates } })
    const found = await Promise.all(
      [plan, { ...plan, name: 'traced', attack: traced }].map(each => {
        const { programs, job } = programsOf(each, target, false)
        const ready = { programs, job: job(null, { earlyStop: true, seed: 0, guide: null }) }
        return attackTogether(executor, ready, pictures, labels)
      }),
    )
    const [own, witness] = found
    for (const [i, { beforeRounding }] of own.entries()) {
      expect(beforeRounding.adversarial).toBe(true)
      for (const length of ['l2', 'linf', 'l1'] as const)
        expect(beforeRounding[length] / witness[i].beforeRounding[length]).toBeCloseTo(1, 4)
    }
  })
})

test('a flat model ends it after one look at the slopes', async () => {
  const [plan] = await planAttacks({ attacks: ['deepfool'], params: {} })
  const flat = targetOf(shape, CLASSES, x =>
    net(x)
      .mul(0)
      .add(labels[0] === 0 ? 0 : 0),
  )
  const { programs, job } = programsOf(plan, flat, false)
  const ready = { programs, job: job(null, { earlyStop: true, seed: 0, guide: null }) }
  const [found] = await attackTogether(executor, ready, pictures.slice(0, 1), [0])
  expect(found).toMatchObject({ levels: null, gradients: 9, zeroGradients: 9 })
})
