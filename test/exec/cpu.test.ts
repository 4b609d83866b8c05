import { afterAll, describe, expect, test } from '@jest/globals'
import { evaluate } from '../../src/evaluate.ts'
import type { Values } from '../../src/exec/executor.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { N, type Shape } from '../../src/shape.ts'
import type { Tensor } from '../../src/tensor.ts'
import { inputsOf, valuesOf } from '../ops/case.ts'
import { cases } from '../ops/cases.ts'
import { gradients } from '../support/derivative.ts'
import { agreeWithReference } from './operators.ts'

const executor = cpu()
afterAll(() => executor.close())

agreeWithReference(executor)

describe('an image has the same bits in a batch as alone', () => {
  const batch = 11
  let compared = 0
  afterAll(() => expect(compared).toBeGreaterThan(150))

  test.each(cases.map(one => [one.name, one] as const))('%s', async (_, one) => {
    const xs = inputsOf(one)
    const y = one.f(...xs)
    const outputs: Record<string, Tensor> = { y }
    gradients(y.mul(y).sum(), xs).forEach((g, i) => {
      if (g && g.shape[0] === N) outputs[`g${i}`] = g
    })
    const inputs = Object.fromEntries(xs.map((x, i) => [`x${i}`, x]))
    const all = valuesOf(one, batch)
    const rowOf = <A extends Float32Array | Float64Array>(values: A, { shape }: { shape: Shape }, i: number): A =>
      (shape[0] === N ? values.slice((i * values.length) / batch, ((i + 1) * values.length) / batch) : values) as A
    const feeds = (i: number | null) => new Map(xs.map((x, k) => [x, i === null ? all[k] : rowOf(all[k], x, i)]))
    // Some operators mix the images: then there is nothing to compare.
    const whole = evaluate([y], feeds(null), batch)[0]
    const mixes =
      y.shape[0] !== N || evaluate([y], feeds(3))[0].some((v, k) => Math.abs(v - rowOf(whole, y, 3)[k]) > 1e-9)
    const program = await executor.open(await executor.compile({ inputs, outputs }))
    const { signature } = program
    if (!mixes && signature.batch !== 1) {
      const values = (i: number | null): Values =>
        Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, Float32Array.from(feeds(i).get(x)!)]))
      const together = await program.run(values(null), batch)
      for (let i = 0; i < batch; i++) {
        const alone = await program.run(values(i), 1)
        for (const port of signature.outputs) expect(rowOf(together[port.name], port, i)).toEqual(alone[port.name])
      }
      compared++
    }
    await program.close()
  })
})
