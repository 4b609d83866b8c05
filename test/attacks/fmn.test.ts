import { afterAll, expect, test } from '@jest/globals'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { LEAD } from '../../src/nn.ts'
import type { NormName } from '../../src/norms.ts'
import { reshape } from '../../src/ops/shape.ts'
import { N } from '../../src/shape.ts'
import { constant, type Tensor } from '../../src/tensor.ts'
import { attackTogether, readied, targetOf } from '../support/attacking.ts'

const executor = cpu()
afterAll(() => executor.close())

/** Of a black picture one value in eight can go up the gradient; the box holds the others back. */
const [D, SHAPE, FREE, BIAS] = [64, [N, 1, 8, 8], 8, 0.05]
/** What the values must gain together: a lead of LEAD. */
const LEAST = BIAS + LEAD
const w = Float32Array.from({ length: 2 * D }, (_, i) => (i % 2 === 0 ? 0 : i >> 1 < FREE ? 1 : -1))
const net = (x: Tensor): Tensor =>
  reshape(x, [N, D])
    .matmul(constant(w, [D, 2]))
    .add(constant(Float32Array.of(BIAS, 0), [1, 2]))

test.each<[NormName, number]>([
  ['l2', LEAST / Math.sqrt(FREE)],
  ['linf', LEAST / FREE],
  ['l1', LEAST],
])('%s: where the box holds most of the gradient back, the ball grows all the same', async (norm, least) => {
  const ready = await readied(targetOf(SHAPE, 2, net), 'fmn', norm)
  const [found] = await attackTogether(executor, ready, [new Uint8Array(D)], [0])
  expect(found.beforeRounding.adversarial).toBe(true)
  expect(found.beforeRounding[norm]).toBeLessThan(1.01 * least)
})
