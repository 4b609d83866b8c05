import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { evaluate } from '../../../../src/evaluate.ts'
import { cpu } from '../../../../src/exec/ort/cpu.ts'
import { lower } from '../../../../src/exec/ort/lower.ts'
import { backward } from '../../../../src/grad.ts'
import { toposort } from '../../../../src/graph.ts'
import { simplify } from '../../../../src/simplify.ts'
import { constant, type Tensor } from '../../../../src/tensor.ts'
import { normals, values } from '../../../support/values.ts'
import { randomNet } from './random-net.ts'

const executor = cpu()
afterAll(() => executor.close())

const NETS = Number(process.env.NETS ?? 40)
const cotangent = constant(Float32Array.from(normals(4, 7)), [1, 4])

/** Logits and the gradient of a random combination of them, as they reach an executor. */
function outputsOf(seed: number): { x: Tensor; layers: readonly string[]; outputs: Tensor[] } {
  const { x, logits, layers } = randomNet(seed, 5)
  const [simple] = simplify([logits])
  return { x, layers, outputs: [simple, backward(simple.mul(cotangent).sum([1]), [x])[0]] }
}

/** ‖a − b‖ / ‖b‖ */
const apart = (a: ArrayLike<number>, b: Float64Array): number =>
  a.length === b.length ? Math.hypot(...b.map((v, i) => a[i] - v)) / Math.max(Math.hypot(...b), 1e-12) : Infinity

describe.each([8, 16])('in blocks of %i, by reference kernels in float64', size => {
  let blocked = 0
  afterAll(() => expect(blocked).toBeGreaterThan(NETS))
  test.each(Array.from({ length: NETS }, (_, seed) => seed))('random net %i', seed => {
    const { x, layers, outputs } = outputsOf(seed)
    const feeds = new Map([[x, values(x.shape, 2, -1, 1, seed)]])
    const laid = lower(outputs, size)
    blocked += toposort(laid).filter(({ op }) => op.name === 'blockedConv').length
    const [wanted, got] = [evaluate(outputs, feeds, 2), evaluate(laid, feeds, 2)]
    const error = wanted.map((w, i) => apart(got[i], w))
    // Folded weights are rounded to float32.
    if (!error.every(e => e < 1e-5)) expect({ layers, error }).toBeNull()
  })
})

describe('on ONNX Runtime, in blocks of what this machine has', () => {
  let layout = ''
  beforeAll(async () => {
    const { x, outputs } = outputsOf(0)
    layout = (await executor.compile({ inputs: { x }, outputs: { z: outputs[0] } })).layout
  })
  test.each(Array.from({ length: NETS }, (_, seed) => seed))('random net %i', async seed => {
    const { x, layers, outputs } = outputsOf(seed)
    const given = Float32Array.from(values(x.shape, 3, -1, 1, seed))
    const artifact = await executor.compile({ inputs: { x }, outputs: { z: outputs[0], g: outputs[1] } })
    expect(artifact.layout).toBe(layout)
    const program = await executor.open(artifact)
    const { z, g } = await program.run({ x: given }, 3)
    await program.close()
    const wanted = evaluate(outputs, new Map([[x, Float64Array.from(given)]]), 3)
    const error = [apart(z, wanted[0]), apart(g, wanted[1])]
    if (!error.every(e => e < 1e-4)) expect({ layers, error }).toBeNull()
  })
})
