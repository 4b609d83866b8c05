import { afterAll, expect, test } from '@jest/globals'
import { evaluate } from '../../src/evaluate.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { grad } from '../../src/grad.ts'
import { held, quantise, straightThrough } from '../../src/ops/quantize.ts'
import { round } from '../../src/ops/rounding.ts'
import { input, type Tensor } from '../../src/tensor.ts'

const executor = cpu()
afterAll(() => executor.close())

const values = Float32Array.of(-300, -3.51, -3.5, -3.49, -2.5, -1.5, -0.5, 0, 0.5, 0.51, 1.5, 2.5, 3.49, 3.5, 3.51, 300)
const x = input([-1, 16], 'x')
const y = quantise(x, -3, 3)
const slope = grad(t => quantise(t, -3, 3).mul(2).sum())(x)
const feeds = new Map([[x, values]])

test('halves go to the even number, and all stays in its range, in every executor', async () => {
  const wanted = [-3, -3, -3, -3, -2, -2, 0, 0, 0, 1, 2, 2, 3, 3, 3, 3]
  expect(Array.from(evaluate([y], feeds)[0], v => v + 0)).toEqual(wanted)
  const program = await executor.open(await executor.compile({ inputs: { x }, outputs: { y } }))
  expect(Array.from((await program.run({ x: values }, 1)).y, v => v + 0)).toEqual(wanted)
  await program.close()
})

test('the gradient passes straight through the rounding, and not where a number leaves the range', () => {
  expect([...evaluate([slope], feeds)[0]]).toEqual([0, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0])
})

test('held: the same number, and no gradient', () => {
  const product = grad(t => t.mul(held(t)).sum())(x)
  expect([...evaluate([product], feeds)[0]]).toEqual([...values])
})

test('straight through: the value of one, the gradient of the other', () => {
  const rounded = (t: Tensor): Tensor => straightThrough(round(t), t)
  expect(evaluate([rounded(x)], feeds)[0]).toEqual(evaluate([round(x)], feeds)[0])
  expect([...evaluate([grad(t => rounded(t).mul(3).sum())(x)], feeds)[0]]).toEqual(Array(16).fill(3))
  expect(() => straightThrough(x.sum(), x)).toThrow(/No gradient passes straight/)
})
