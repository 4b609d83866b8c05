import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../src/evaluate.ts'
import { conv } from '../src/ops/conv.ts'
import { clip, relu } from '../src/ops/elementwise.ts'
import { averagePool } from '../src/ops/pool.ts'
import { reshape, reverse, transpose } from '../src/ops/shape.ts'
import { concat, pad, slice } from '../src/ops/slice.ts'
import { softmax } from '../src/ops/softmax.ts'
import { take } from '../src/ops/take.ts'
import { print } from '../src/print.ts'
import { simplify } from '../src/simplify.ts'
import { constant, input, type Tensor } from '../src/tensor.ts'
import { sinkTransposes } from '../src/transposes.ts'
import { values } from './support/values.ts'

const some = (shape: readonly number[], seed = 1): Tensor =>
  constant(Float32Array.from(values(shape, 1, -1, 1, seed)), shape)
const first = (x: Tensor): Tensor => transpose(x, [0, 3, 1, 2])
const last = (x: Tensor): Tensor => transpose(x, [0, 2, 3, 1])

/** Pictures channels first, as a network with channels last begins. */
const x = input([-1, 4, 6, 5], 'x')
const picture = last(x)
const convolved = (y: Tensor): Tensor => last(conv(first(y), some([4, 4, 1, 1])))

const turns = (y: Tensor): number => print([y]).match(/transpose\(/g)?.length ?? 0

/** How many transpositions are left of y, which has to stay what it was. */
function left(y: Tensor): number {
  const feeds = new Map([[x, values(x.shape, 2, -1, 1, 7)]])
  const [sunk] = simplify(sinkTransposes(simplify([y])))
  const [before, after] = [y, sunk].map(t => evaluate([t], feeds, 2)[0])
  expect(sunk.shape).toEqual(y.shape)
  expect(Math.max(...after.map((v, i) => Math.abs(v - before[i])))).toBeLessThan(1e-6)
  return turns(sunk)
}

describe('none is left', () => {
  const between: Readonly<Record<string, (y: Tensor) => Tensor>> = {
    'an activation': y => clip(relu(y), 0, 6),
    'numbers by channel': y => y.mul(some([4])).add(some([1, 1, 1, 4])),
    'numbers by place': y => y.mul(some([6, 5, 1])),
    'another way': y => y.add(relu(convolved(y))),
    'a gate': y => y.mul(reshape(y.mean([1, 2]), [-1, 1, 1, 4])),
    'pads and a part': y => slice(pad(y, [0, 1, 0, 0], [0, 0, 2, 0]), [0, 1, 2, 0], [-1, 6, 5, 4]),
    'joined channels': y => slice(concat([y, relu(y)], 3), [0, 0, 0, 2], [-1, 6, 5, 4]),
    'joined rows': y => slice(concat([y, some([1, 2, 5, 4]).mul(y.sum([1]))], 1), [0, 0, 0, 0], [-1, 6, 5, 4]),
    'turned rows': y => reverse(y, [1]),
    'picked columns': y => take(y, [3, 0, 1, 1, 4], 2),
    'an axis split and joined': y => reshape(reshape(y, [-1, 6, 5, 2, 2]).mul(2), [-1, 6, 5, 4]),
  }
  test.each(Object.entries(between))('of convolutions with %s between', (_, f) => {
    const y = convolved(f(convolved(picture)))
    expect(turns(y)).toBeGreaterThan(2)
    expect(left(first(y))).toBe(0)
  })

  test('before a product with weights', () => {
    const rows = reshape(convolved(picture), [-1, 120])
    expect(left(rows.matmul(some([120, 3])))).toBe(0)
  })

  test('behind a mean of each channel', () => {
    const window = { kernel: [6, 5], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const
    for (const mean of [convolved(picture).mean([1, 2]), last(averagePool(first(picture), window))])
      expect(left(reshape(mean, [-1, 4]))).toBe(0)
  })
})

describe('what has to stay stays, once', () => {
  test('a shuffle of channels', () => {
    const shuffled = reshape(transpose(reshape(convolved(picture), [-1, 6, 5, 2, 2]), [0, 1, 2, 4, 3]), [-1, 6, 5, 4])
    expect(left(first(convolved(shuffled)))).toBe(1)
  })

  test('there and back around a softmax of channels', () => {
    expect(left(first(softmax(convolved(picture)).add(convolved(picture))))).toBe(2)
  })

  test('a row of all places, channels last', () => {
    expect(left(reshape(convolved(picture), [-1, 120]))).toBe(1)
  })

  test('height and width changed', () => {
    expect(left(first(convolved(transpose(convolved(picture), [0, 2, 1, 3]))))).toBe(1)
  })

  test('a product with what is no constant', () => {
    const rows = reshape(convolved(picture), [-1, 120])
    expect(left(rows.matmul(some([120, 120]).mul(2)).mul(rows))).toBeLessThanOrEqual(2)
  })
})
