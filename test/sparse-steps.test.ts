import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../src/evaluate.ts'
import { sparsity, thinned } from '../src/sparse-steps.ts'
import { constant, type Tensor } from '../src/tensor.ts'

const number = (v: number): Tensor => constant(Float32Array.of(v), [1, 1, 1, 1])
const at = (t: number) => (f: (t: number) => number) => number(f(t))
const values = (record: Record<string, Tensor>): Record<string, number> =>
  Object.fromEntries(Object.entries(record).map(([name, t]) => [name, evaluate([t], new Map())[0][0]]))

describe('the sparse steps of Auto-PGD in L1', () => {
  const x0 = constant(new Float32Array(12), [1, 3, 2, 2])
  const best = constant(
    Float32Array.from({ length: 12 }, (_, i) => Number(i < 3)),
    [1, 3, 2, 2],
  )
  const stateAt = (t: number, moved: number) => {
    const state = { best, reach: number(6), size: number(0.75), share: number(0.5), moved: number(moved) }
    return values(thinned(state, x0, at(t), 100))
  }

  test('two thirds as many values as the best point moved', () => {
    expect(values(sparsity(best, x0))).toEqual({ moved: 3, share: expect.closeTo(3 / 18, 6) })
  })

  test('the whole radius again where that point became sparser, else shorter, down to a tenth', () => {
    expect(stateAt(4, 4)).toEqual({ back: 1, size: 6, share: expect.closeTo(3 / 18, 6), moved: 3 })
    expect(stateAt(4, 3)).toMatchObject({ back: 0, size: expect.closeTo(0.6, 6) })
    expect(stateAt(5, 4)).toEqual({ back: 0, size: 0.75, share: 0.5, moved: 4 })
  })
})
