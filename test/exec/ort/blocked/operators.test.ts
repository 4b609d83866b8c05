import { afterAll, describe, expect, test } from '@jest/globals'
import { evaluate } from '../../../../src/evaluate.ts'
import { cpu } from '../../../../src/exec/ort/cpu.ts'
import { lower } from '../../../../src/exec/ort/lower.ts'
import { toposort } from '../../../../src/graph.ts'
import { conv } from '../../../../src/ops/conv.ts'
import { N, size } from '../../../../src/shape.ts'
import { constant, input, type Tensor } from '../../../../src/tensor.ts'
import { type Case, valuesOf } from '../../../ops/case.ts'
import { cases } from '../../../ops/cases.ts'
import { gradients } from '../../../support/derivative.ts'
import { normals } from '../../../support/values.ts'

// Every operator on what a convolution brought into blocks; weights and the like are constants.

const images = cases.filter(({ inputs: [x] }) => x.shape.length === 4 && x.shape[0] === N)
const BATCH = 3

interface LaidOut {
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly feeds: ReadonlyMap<Tensor, Float64Array>
  /** The value, and the gradient along a random direction where there is one. */
  readonly outputs: readonly Tensor[]
}

function laidOut(one: Case): LaidOut {
  const values = valuesOf(one, BATCH)
  const feeds = new Map<Tensor, Float64Array>()
  const given = one.inputs.map(({ shape }, i) => {
    if (shape[0] !== N && i > 0) return constant(Float32Array.from(values[i]), shape)
    const x = input(shape, `x${i}`)
    feeds.set(x, values[i])
    return i === 0 ? unchanged(x) : x
  })
  const y = one.f(...given)
  const direction = y.shape.map(d => Math.abs(d))
  const along = constant(Float32Array.from(normals(size(direction), 3)), direction)
  const [x] = feeds.keys()
  const [gradient] = gradients(y.mul(along).sum(), [x])
  const inputs = Object.fromEntries([...feeds.keys()].map((t, i) => [`x${i}`, t]))
  return { inputs, feeds, outputs: gradient ? [y, gradient] : [y] }
}

/** The identity as a convolution, so that values stay where the operator is meant to be tried. */
function unchanged(x: Tensor): Tensor {
  const channels = x.shape[1]
  const same = Float32Array.from({ length: channels ** 2 }, (_, i) => Number(i % (channels + 1) === 0))
  return conv(x, constant(same, [channels, channels, 1, 1]))
}

/** The largest difference, as a share of the largest value. */
function apart(a: ArrayLike<number>, b: Float64Array): number {
  if (a.length !== b.length) return Infinity
  const scale = b.reduce((top, v) => (Number.isFinite(v) ? Math.max(top, Math.abs(v)) : top), 1e-3)
  return b.reduce((top, v, i) => (Object.is(Math.fround(v), a[i]) ? top : Math.max(top, Math.abs(a[i] - v) / scale)), 0)
}

describe.each([8, 16])('in blocks of %i, by reference kernels in float64', block => {
  let count = 0
  afterAll(() => expect(count).toBeGreaterThan(images.length))
  test.each(images.map(one => [one.name, one] as const))('%s', (_, one) => {
    const { feeds, outputs } = laidOut(one)
    const laid = lower(outputs, block)
    count += toposort(laid).filter(({ op }) => op.name === 'blockedConv').length
    const [wanted, got] = [evaluate(outputs, feeds, BATCH), evaluate(laid, feeds, BATCH)]
    for (const [i, values] of wanted.entries()) expect(apart(got[i], values)).toBeLessThan(1e-5)
  })
})

describe('on ONNX Runtime', () => {
  const executor = cpu()
  afterAll(() => executor.close())

  test.each(images.map(one => [one.name, one] as const))('%s; a picture alone has the same bits', async (_, one) => {
    const { inputs, feeds, outputs } = laidOut(one)
    const named = Object.fromEntries(outputs.map((t, i) => [`y${i}`, t]))
    const program = await executor.open(await executor.compile({ inputs, outputs: named }))
    const pictures = Object.entries(inputs).map(([name, t]) => [name, Float32Array.from(feeds.get(t)!)] as const)
    const together = await program.run(Object.fromEntries(pictures), BATCH)
    const wanted = evaluate(outputs, feeds, BATCH)
    for (const [i, values] of wanted.entries()) expect(apart(together[`y${i}`], values)).toBeLessThan(2e-5)
    const { signature } = program
    for (const { name, shape } of signature.batch === 1 ? [] : signature.outputs) {
      if (shape[0] !== N) continue
      for (let i = 0; i < BATCH; i++) {
        const alone = await program.run(Object.fromEntries(pictures.map(([key, all]) => [key, row(all, i)])), 1)
        expect(alone[name]).toEqual(row(together[name], i))
      }
    }
    await program.close()
  })
})

const row = (all: Float32Array, i: number): Float32Array =>
  all.slice((i * all.length) / BATCH, ((i + 1) * all.length) / BATCH)
