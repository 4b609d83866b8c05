import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../src/evaluate.ts'
import { halved } from '../src/step-halving.ts'
import { constant, type Tensor } from '../src/tensor.ts'

const number = (v: number): Tensor => constant(Float32Array.of(v), [1, 1, 1, 1])
const at = (t: number) => (f: (t: number) => number) => number(f(t))
const values = (record: Record<string, Tensor>): Record<string, number> =>
  Object.fromEntries(Object.entries(record).map(([name, t]) => [name, evaluate([t], new Map())[0][0]]))

describe('the step size of Auto-PGD', () => {
  const stateAt = (t: number, rises: number, kept: number, high: number) => {
    const state = { size: number(2), rises: number(rises), kept: number(kept), high: number(high), stood: number(1) }
    return values(halved(state, at(t), 100))
  }

  test('is halved at a checkpoint where the loss rose in at most three quarters of the steps', () => {
    expect(stateAt(22, 16, 0, 5)).toEqual({ back: 1, size: 1, rises: 0, kept: 0, stood: 5 })
    expect(stateAt(22, 17, 0, 5)).toEqual({ back: 0, size: 2, rises: 0, kept: 1, stood: 5 })
  })

  test('or where it was kept and nothing higher came', () => {
    expect(stateAt(22, 22, 1, 1)).toMatchObject({ back: 1, size: 1, kept: 0 })
    expect(stateAt(22, 22, 1, 1.5)).toMatchObject({ back: 0, size: 2, kept: 1 })
  })

  test('and not between checkpoints, which come ever sooner: 22, 41, 57, 70, 80, 87, 93, 99', () => {
    const checked = Array.from({ length: 100 }, (_, t) => t).filter(t => stateAt(t, 0, 0, 5).back === 1)
    expect(checked).toEqual([22, 41, 57, 70, 80, 87, 93, 99])
    expect(stateAt(23, 3, 1, 5)).toEqual({ back: 0, size: 2, rises: 3, kept: 1, stood: 1 })
  })
})
