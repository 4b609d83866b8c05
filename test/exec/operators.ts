import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../../src/evaluate.ts'
import type { Executor, Values } from '../../src/exec/executor.ts'
import { resolve, size } from '../../src/shape.ts'
import { input, type Tensor } from '../../src/tensor.ts'
import { inputsOf, valuesOf } from '../ops/case.ts'
import { cases } from '../ops/cases.ts'
import { gradients } from '../support/derivative.ts'
import { normals } from '../support/values.ts'

/** Within `tolerance` of the largest: value, gradients along a random cotangent, and the slope of these, as one compiled function. */
export function agreeWithReference(executor: Executor, tolerance: (name: string) => number = () => 2e-5): void {
  describe.each([1, 3])(`${executor.name} agrees with the float64 reference, batch of %i`, batch => {
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
        expect(worst).toBeLessThan(tolerance(one.name))
      }
    })
  })
}
