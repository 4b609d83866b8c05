import { expect, test } from '@jest/globals'
import { evaluate } from '../src/evaluate.ts'
import { adam } from '../src/optimizers.ts'
import { constant, input } from '../src/tensor.ts'

test("Adam's steps, beside PyTorch's", () => {
  // torch.optim.Adam([w], lr=1, betas=(0.9, 0.999), eps=1e-8), gradients 3, -1, 0.5: -w after each step.
  const [g, m, v] = [input([], 'g'), input([], 'm'), input([], 'v')]
  let [mean, square, w] = [0, 0, 0]
  const seen = [3, -1, 0.5].map((slope, t) => {
    const next = adam(g, { m, v }, f => constant(f(t)))
    const feeds = new Map([
      [g, [slope]],
      [m, [mean]],
      [v, [square]],
    ])
    const [[a], [b], [step]] = evaluate([next.m, next.v, next.step], feeds)
    ;[mean, square, w] = [a, b, w + step]
    return w
  })
  expect(seen).toEqual(WANTED.map(value => expect.closeTo(value, 5)))
})

const WANTED = [0.9999999966666667, 1.4002185668309013, 1.8056439681366903]
