import { afterAll, describe, expect, test } from '@jest/globals'
import { evaluate } from '../../src/evaluate.ts'
import type { Values } from '../../src/exec/executor.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { N, resolve, type Shape, size } from '../../src/shape.ts'
import { input, type Tensor } from '../../src/tensor.ts'
import { inputsOf, valuesOf } from '../ops/case.ts'
import { cases } from '../ops/cases.ts'
import { gradients } from '../support/derivative.ts'
import { normals } from '../support/values.ts'

const executor = cpu()
afterAll(() => executor.close())

/** Value, gradients along a random cotangent, and the slope of these, as one compiled function. */
describe.each([1, 3])('ONNX Runtime agrees with the float64 reference, batch of %i', batch => {
  test.each(cases.map(one => [one.name, one] as const))('%s', async (_, one) => {
    const xs = inputsOf(one)
    const y = one.f(...xs)
    const v = input(y.shape, 'v')
    const outputs: Record<string, Tensor> = { y }
    gradients(y.mul(v).sum(), xs).forEach((g, i) => {
      if (g) outputs[`g${i}`] = g
    })
    const inputs = Object.fromEntries([...xs.map((x, i) => [`x${i}`, x] as const), ['v', v] as const])
    const given = [...valuesOf(one, batch), normals(size(resolve(v.shape, batch)), 100)]
    const feeds = new Map(Object.values(inputs).map((t, i) => [t, Float64Array.from(given[i], Math.fround)]))
    const program = await executor.open(await executor.compile({ inputs, outputs }))
    const values: Values = Object.fromEntries(
      Object.entries(inputs).map(([name, t]) => [name, Float32Array.from(feeds.get(t)!)]),
    )
    const got = await program.run(values, batch)
    await program.close()
    const wanted = evaluate(Object.values(outputs), feeds, batch)
    for (const [i, name] of Object.keys(outputs).entries()) {
      expect(got[name].length).toBe(wanted[i].length)
      const scale = wanted[i].reduce((top, x) => Math.max(top, Number.isFinite(x) ? Math.abs(x) : 0), 1e-3)
      const worst = wanted[i].reduce((top, x, k) => {
        if (Object.is(Math.fround(x), got[name][k])) return top
        return Math.max(top, Math.abs(x - got[name][k]) / scale)
      }, 0)
      expect(worst).toBeLessThan(2e-5)
    }
  })
})

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
