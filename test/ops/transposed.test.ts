import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../../src/evaluate.ts'
import { backward, pullBack } from '../../src/grad.ts'
import { toposort } from '../../src/graph.ts'
import { type Convolution, convInput, convWeight, windows } from '../../src/ops/conv.ts'
import { averagePool, maxPool, type Pooling } from '../../src/ops/pool.ts'
import { input, type Tensor } from '../../src/tensor.ts'
import { lower, needsLowering } from '../support/lower.ts'
import { uniform, values } from '../support/values.ts'

// Every small combination along one axis; the other axis stays plain, so that mixed attributes are met as well.

interface Axis {
  readonly length: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly pads: readonly [number, number]
}

function* axes(maxPad: (kernel: number) => number): Generator<Axis> {
  for (const length of [1, 2, 3, 5, 6, 8])
    for (const kernel of [1, 2, 3, 4])
      for (const stride of [1, 2, 3])
        for (const dilation of kernel === 1 ? [1] : [1, 2])
          for (let before = 0; before <= maxPad(kernel); before++)
            for (const after of [0, 1, 4].filter(p => p <= maxPad(kernel)))
              if (length + before + after > dilation * (kernel - 1))
                yield { length, kernel, stride, dilation, pads: [before, after] }
}

/** The same by the operator's own kernel and by the others it is written in. */
function expectSame(y: Tensor, feeds: ReadonlyMap<Tensor, Float64Array>, what: unknown): void {
  const [lowered] = lower([y])
  if (needsLowering(toposort([lowered]))) throw new Error('Not all is lowered')
  const [[a], [b]] = [evaluate([y], feeds, 2), evaluate([lowered], feeds, 2)]
  const error = a.reduce((worst, v, i) => Math.max(worst, Math.abs(v - b[i])), a.length === b.length ? 0 : Infinity)
  if (!(error < 1e-12)) expect({ what, error }).toEqual({ what, error: 0 })
}

describe.each([
  ['rows and columns alike', 'both'],
  ['rows', 'rows'],
  ['columns', 'columns'],
] as const)('convolutions, %s', (_, mode) => {
  test.each([1, 2])('in %i groups', group => {
    let count = 0
    for (const { length, kernel, stride, dilation, pads } of axes(() => 4)) {
      const along = <T>(value: T, plain: T): [T, T] => [
        mode === 'columns' ? plain : value,
        mode === 'rows' ? plain : value,
      ]
      const [top, left] = along(pads[0], 0)
      const [bottom, right] = along(pads[1], 1)
      const attrs: Convolution = {
        strides: along(stride, 1),
        dilations: along(dilation, 1),
        pads: [top, left, bottom, right],
        group,
      }
      const [size, ks] = [along(length, 3), along(kernel, 2)]
      const out = [0, 1].map(axis => windows(size[axis], ks[axis], axis, attrs))
      const [x, w, g] = [input([-1, group, ...size], 'x'), input([2, 1, ...ks], 'w'), input([-1, 2, ...out], 'g')]
      const feeds = new Map([x, w, g].map((t, i) => [t, values(t.shape, 2, -1, 1, i)]))
      const what = { ...attrs, size, ks }
      expectSame(convInput(g, w, size, attrs), feeds, what)
      expectSame(convWeight(x, g, ks, attrs), feeds, what)
      count++
    }
    expect(count).toBeGreaterThan(800)
  })
})

test('pools, with equal values and values below zero', () => {
  let count = 0
  for (const { length, kernel, stride, dilation, pads } of axes(k => k - 1)) {
    const attrs: Pooling = {
      kernel: [kernel, 2],
      strides: [stride, 2],
      dilations: [dilation, 1],
      pads: [pads[0], 0, pads[1], 1],
    }
    const x = input([-1, 1, length, 3], 'x')
    const next = uniform(count)
    const whole = Float64Array.from({ length: 2 * length * 3 }, () => -1 - Math.floor(3 * next()))
    for (const y of [maxPool(x, attrs), averagePool(x, attrs), averagePool(x, attrs, true)]) {
      const g = input(y.shape, 'g')
      const feeds = new Map([
        [x, whole],
        [g, values(y.shape, 2, -1, 1, 1)],
      ])
      // A window of pads alone has neither a maximum nor a mean.
      if (evaluate([y], feeds, 2)[0].every(Number.isFinite)) expectSame(pullBack(y, g, [x])[0], feeds, attrs)
      count++
    }
  }
  expect(count).toBeGreaterThan(1000)
})

test('of equal values in a window the first in rows gets all of the gradient', () => {
  const x = input([1, 1, 3, 3], 'x')
  const y = maxPool(x, { kernel: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] })
  const gradient = (data: number[]): number[][] => {
    const feeds = new Map([[x, Float64Array.from(data)]])
    const outputs = backward(y.sum(), [x])
    return [...evaluate(outputs, feeds), ...evaluate(lower(outputs), feeds)].map(g => [...g])
  }
  // biome-ignore format: as a picture
  const same = [7, 7, 7,
                7, 7, 7,
                7, 7, 7]
  // biome-ignore format: as a picture
  const first = [1, 1, 0,
                 1, 1, 0,
                 0, 0, 0]
  expect(gradient(same)).toEqual([first, first])
  // biome-ignore format: as a picture
  const some = [0, 2, 0,
                2, 1, 2,
                0, 2, 0]
  // biome-ignore format: as a picture
  const taken = [0, 2, 0,
                 1, 0, 1,
                 0, 0, 0]
  expect(gradient(some)).toEqual([taken, taken])
})
