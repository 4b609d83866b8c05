import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../../src/evaluate.ts'
import { toposort } from '../../src/graph.ts'
import { resolve, size } from '../../src/shape.ts'
import { input, type Tensor } from '../../src/tensor.ts'
import { type Feeds, gradients, relativeError, slopes } from '../support/derivative.ts'
import { lower, needsLowering } from '../support/lower.ts'
import { normals } from '../support/values.ts'
import { type Case, inputsOf, valuesOf } from './case.ts'
import { cases } from './cases.ts'

/** A case made scalar by a projection v, and its gradient by one along u: ⟨v, f(x)⟩ and Σᵢ ⟨uᵢ, ∇ᵢ⟨v, f(x)⟩⟩. */
interface Projected {
  readonly y: Tensor
  readonly first: Tensor
  readonly second: Tensor | null
  readonly xs: readonly Tensor[]
  readonly v: Tensor
  readonly us: readonly Tensor[]
  readonly feeds: Feeds
}

function project(one: Case, batch: number): Projected {
  const xs = inputsOf(one)
  const y = one.f(...xs)
  const v = input(y.shape, 'v')
  const us = xs.map((x, i) => input(x.shape, `u${i}`))
  const first = y.mul(v).sum()
  const slopes = gradients(first, xs).flatMap((g, i) => (g ? [g.mul(us[i]).sum()] : []))
  const feeds = new Map<Tensor, Float64Array>()
  for (const [i, value] of valuesOf(one, batch).entries()) feeds.set(xs[i], value)
  for (const [i, t] of [v, ...us].entries()) feeds.set(t, normals(size(resolve(t.shape, batch)), 100 + i))
  return { y, first, second: slopes.length > 0 ? slopes.reduce((a, b) => a.add(b)) : null, xs, v, us, feeds }
}

const along = (ts: readonly Tensor[], feeds: Feeds): Feeds =>
  new Map(ts.map((t, i) => [t, normals(feeds.get(t)!.length, 200 + i)]))

describe.each([1, 3])('batch of %i', batch => {
  test.each(cases.map(c => [c.name, c] as const))('%s', (_, one) => {
    const { first, second, xs, v, feeds } = project(one, batch)
    expect(relativeError(slopes(first, feeds, along(xs, feeds), batch))).toBeLessThan(1e-6)
    // Also to v: that is the transpose of each rule, linear in the cotangent.
    if (second) expect(relativeError(slopes(second, feeds, along([...xs, v], feeds), batch))).toBeLessThan(1e-6)
  })
})

describe('in terms of other operators', () => {
  const all = cases.map(one => ({ one, ...project(one, 2) }))
  const graphs = all.map(({ one, y, second, xs, v, feeds }) => {
    const third = second ? gradients(second, [...xs, v]).filter(g => g !== null) : []
    return { name: one.name, outputs: [y, ...(second ? [second] : []), ...third], feeds }
  })
  const touched = graphs.filter(({ outputs }) => needsLowering(toposort(outputs)))

  test.each(touched.map(g => [g.name, g] as const))('%s', (_, { outputs, feeds }) => {
    const lowered = lower(outputs)
    expect(needsLowering(toposort(lowered))).toBe(false)
    const [own, others] = [evaluate(outputs, feeds, 2), evaluate(lowered, feeds, 2)]
    for (const [i, values] of own.entries()) {
      expect(lowered[i].shape).toEqual(outputs[i].shape)
      const scale = values.reduce((top, x) => Math.max(top, Math.abs(x)), 0)
      expect(Math.max(...values.map((x, k) => Math.abs(x - others[i][k])))).toBeLessThan(1e-12 * scale + 1e-12)
    }
  })
})
