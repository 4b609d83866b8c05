import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { advantage, argmax, confidence } from '../../src/engine/decision.ts'
import type { Found } from '../../src/engine/job.ts'

import { distances, inside, toUnit } from '../../src/engine/lattice.ts'
import { attackNames, loadAttack } from '../../src/engine/registry.ts'
import { evaluate } from '../../src/evaluate.ts'
import type { Executor } from '../../src/exec/executor.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { reference } from '../../src/exec/reference.ts'
import type { NormName } from '../../src/norms.ts'
import { conv } from '../../src/ops/conv.ts'
import { relu } from '../../src/ops/elementwise.ts'
import { maxPool } from '../../src/ops/pool.ts'
import { reshape } from '../../src/ops/shape.ts'
import { numberOf } from '../../src/params.ts'
import { N } from '../../src/shape.ts'
import { constant, input, type Tensor } from '../../src/tensor.ts'
import { attackTogether, type Changes, type Ready, readied, targetOf } from '../support/attacking.ts'
import { normals, uniform } from '../support/values.ts'

// Every file of attacks/ is held to this, without being named here.

const CLASSES = 5
const shape = [N, 3, 8, 8]
const weights = (shape: number[], seed: number): Tensor => {
  const count = shape.reduce((a, b) => a * b, 1)
  const scale = Math.sqrt(2 / (count / shape[0]))
  return constant(
    Float32Array.from(normals(count, seed), v => v * scale),
    shape,
  )
}
/** A random net that a small change of the picture can turn, as it can a trained one. */
const net = (x: Tensor): Tensor => {
  const y = relu(conv(x.sub(0.5).mul(4), w1, { pads: [1, 1, 1, 1] }))
  const z = relu(conv(maxPool(y, { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1] }), w2))
  return reshape(z, [N, 64]).matmul(w3)
}
const [w1, w2, w3] = [weights([12, 3, 3, 3], 1), weights([16, 12, 3, 3], 2), weights([64, CLASSES], 3)]

const x = input(shape, 'x')
const target = targetOf(shape, CLASSES, net)
const randomPicture = (seed: number): Uint8Array => {
  const next = uniform(seed)
  return Uint8Array.from({ length: 192 }, () => (next() < 0.1 ? 0 : next() < 0.1 ? 255 : Math.floor(next() * 256)))
}
const pictures = Array.from({ length: 9 }, (_, i) => randomPicture(100 + i))
const labels = pictures.map(levels => argmax(evaluate([net(x)], new Map([[x, toUnit(levels)]]))[0]))

/** What attacks towards a picture get: one of the class that most pictures shall reach when aimed, of many the clearest. */
const guide = (() => {
  const many = Array.from({ length: 300 }, (_, i) => randomPicture(1000 + i))
  const scores = many.map(levels => evaluate([net(x)], new Map([[x, toUnit(levels)]]))[0])
  const aim = (labels[0] + 1) % CLASSES
  return many[argmax(scores.map(z => confidence(z, aim)))]
})()

const prepared = (name: string, norm: NormName, changes: Changes = {}): Promise<Ready> =>
  readied(target, name, norm, { guide, ...changes })
const attackAll = (executor: Executor, ready: Ready, batch = 4, ys = labels, order?: readonly number[]) =>
  attackTogether(executor, ready, pictures, ys, batch, order)

const executor = cpu()
afterAll(() => executor.close())

for (const name of await attackNames()) {
  const { attack } = await loadAttack(name)
  for (const [norm, { eps }] of Object.entries(attack.norms) as [NormName, { eps?: number }][]) {
    describe(`${name}, ${norm}`, () => {
      let ready: Ready
      let found: Found[]
      beforeAll(async () => {
        ready = await prepared(name, norm)
        found = await attackAll(executor, ready)
      })

      test('finds adversarial pictures, and the float64 reference agrees', () => {
        const broken = found.filter(f => f.levels)
        const least = 'guide' in attack.params ? 1 / 3 : 1 / 2 // towards one picture is not towards the nearest class
        expect(broken.length).toBeGreaterThanOrEqual(least * pictures.length)
        for (const [i, { levels }] of found.entries()) {
          if (!levels) continue
          const [logits] = evaluate([net(x)], new Map([[x, toUnit(levels)]]))
          expect(advantage(logits, labels[i], false)).toBeGreaterThan(-1e-5)
        }
      })

      test('each lies inside ball and box, and is another picture', () => {
        for (const [i, { levels }] of found.entries()) {
          if (!levels) continue
          const d = distances(levels, pictures[i], 3)
          if (ready.job.eps !== null) expect(inside(norm, ready.job.eps, d)).toBe(true)
          expect(d.l0).toBeGreaterThan(0)
        }
      })

      test('asks for gradients if and only if it says so', () => {
        for (const { gradients } of found) expect(gradients > 0).toBe(ready.job.gradients > 0)
      })

      test('is the same alone, in any batch and in any order', async () => {
        expect(await attackAll(executor, ready, 1)).toEqual(found)
        expect(await attackAll(executor, ready, 7, labels, [8, 3, 5, 0, 1, 7, 2, 6, 4])).toEqual(found)
      })

      test('a success is never lost: more steps and no early stop break no fewer', async () => {
        const longer = await attackAll(executor, { ...ready, job: { ...ready.job, earlyStop: false } })
        for (const [i, { levels }] of found.entries()) if (levels) expect(longer[i].levels).not.toBeNull()
        const { params } = ready.job
        const steps = numberOf(params, 'steps', 1) * numberOf(params, 'restarts', 1)
        if (eps !== undefined && attack.step) for (const f of longer) expect(f.gradients).toBeGreaterThanOrEqual(steps)
      })

      test('targeted, it reaches the target', async () => {
        const targets = labels.map(k => (k + 1) % CLASSES)
        const aimed = await prepared(name, norm, { targeted: true, ...(eps === undefined ? {} : { eps: eps * 4 }) })
        const reached = await attackAll(executor, aimed, 4, targets)
        expect(reached.some(f => f.levels)).toBe(true)
        for (const [i, { levels }] of reached.entries()) {
          if (!levels) continue
          expect(argmax(evaluate([net(x)], new Map([[x, toUnit(levels)]]))[0])).toBe(targets[i])
          if (aimed.job.eps !== null) expect(inside(norm, aimed.job.eps, distances(levels, pictures[i], 3))).toBe(true)
        }
      })

      if (eps === undefined)
        test('what fewer steps break stays broken, and the search on the lattice is counted', async () => {
          const { params } = ready.job
          const fewer = {
            ...('steps' in params ? { steps: Math.ceil(numberOf(params, 'steps', 1) / 4) } : {}),
            ...('rounds' in params ? { rounds: 1 } : {}),
          }
          const short = await attackAll(executor, await prepared(name, norm, { params: fewer }))
          for (const [i, f] of found.entries()) {
            expect(f.lattice.forwards).toBeLessThanOrEqual(f.forwards)
            expect(f.lattice.gradients).toBeLessThanOrEqual(f.gradients)
            expect(f.lattice.forwards > 0).toBe(f.beforeRounding.adversarial)
            if (short[i].levels) expect(f.levels).not.toBeNull()
          }
        })

      test('the reference executor breaks as many', async () => {
        const brief = 'rounds' in attack.params ? await prepared(name, norm, { params: { rounds: 2 } }) : ready
        const fast = brief === ready ? found : await attackAll(executor, brief)
        const slow = await attackAll(reference, brief)
        const count = (all: Found[]): number => all.filter(f => f.levels).length
        expect(Math.abs(count(slow) - count(fast))).toBeLessThanOrEqual(1)
      }, 300_000)
    })
  }
}

test('restarts go on only with what still resists, from other points', async () => {
  const hard = { eps: 2 / 255 }
  const once = await attackAll(executor, await prepared('pgd', 'linf', hard))
  const often = await attackAll(executor, await prepared('pgd', 'linf', { ...hard, params: { restarts: 8 } }))
  for (const [i, f] of once.entries()) if (f.levels) expect(often[i]).toEqual(f)
  const resisting = often.filter(f => !f.levels)
  for (const f of resisting) expect(f.gradients).toBeGreaterThanOrEqual(80)
})

test('the seed decides the random start', async () => {
  const hard = { eps: 6 / 255, earlyStop: false }
  const [a, b, c] = await Promise.all(
    [0, 0, 1].map(async seed => attackAll(executor, await prepared('pgd', 'linf', { ...hard, seed }))),
  )
  expect(a).toEqual(b)
  expect(a).not.toEqual(c)
})
