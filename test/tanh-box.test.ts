import { expect, test } from '@jest/globals'
import { evaluate } from '../src/evaluate.ts'
import { boxSlope, intoBox, outOfBox } from '../src/tanh-box.ts'
import { constant } from '../src/tensor.ts'

const row = (values: number[]) => constant(Float32Array.from(values), [1, values.length])

test('a picture comes back from its w, black and white too', () => {
  const levels = [0, 1, 2, 127, 254, 255]
  const [x] = evaluate([intoBox(outOfBox(row(levels.map(v => v / 255))))], new Map())
  expect(Array.from(x, v => Math.round(255 * v))).toEqual(levels)
})

test('the slope is the derivative inside the box, and not 0 at its edges', () => {
  const [w, h] = [[-2, -0.7, 0, 0.3, 1.5], 0.01]
  const at = (by: number) => evaluate([intoBox(row(w.map(v => v + by)))], new Map())[0]
  const [slope] = evaluate([boxSlope(row(w))], new Map())
  const [up, down] = [at(h), at(-h)]
  for (const [i, v] of slope.entries()) expect(v).toBeCloseTo((up[i] - down[i]) / (2 * h), 3)
  const [edges] = evaluate([boxSlope(outOfBox(row([0, 1])))], new Map())
  expect(Math.min(...edges)).toBeGreaterThan(0.005)
})
