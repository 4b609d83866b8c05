import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../../../../src/evaluate.ts'
import { inOrder } from '../../../../src/exec/ort/blocked/channels.ts'
import { kernelOf, transposed } from '../../../../src/exec/ort/blocked/kernel.ts'
import { blockWeights, type Joining, place } from '../../../../src/exec/ort/blocked/weights.ts'
import { reshape, reverse, transpose } from '../../../../src/ops/shape.ts'
import { constant, type Tensor } from '../../../../src/tensor.ts'
import { normals } from '../../../support/values.ts'

const weights = (shape: readonly number[]): Tensor =>
  constant(
    Float32Array.from(
      normals(
        shape.reduce((a, b) => a * b),
        1,
      ),
    ),
    shape,
  )
const numbers = (t: Tensor): number[] => [...evaluate([t])[0]]

describe.each([8, 16])('in blocks of %i', block => {
  const channels = (blocks: number): Int32Array => inOrder(blocks * block, block)

  test('[O / B][I / B][kh][kw][B of I][B of O]', () => {
    const [outputs, inputs, kh, kw] = [2 * block, 3 * block, 2, 3]
    const w = weights([outputs, inputs, kh, kw])
    const split = reshape(w, [2, block, 3, block, kh, kw])
    const { shape, data } = blockWeights(kernelOf(w, 1), { kind: 'dense', groups: 1 }, channels(2), channels(3), block)
    expect(shape).toEqual([outputs, inputs, kh, kw])
    expect([...data]).toEqual(numbers(transpose(split, [0, 2, 4, 5, 3, 1])))
  })

  test.each<[Joining['kind'], number]>([
    ['direct', 3],
    ['depthwise', 1],
  ])('%s: [O / B][I][kh][kw][B of O]', (kind, inputs) => {
    const w = weights([2 * block, inputs, 2, 3])
    const kernel = kernelOf(w, kind === 'depthwise' ? 2 * block : 1)
    const from = kind === 'depthwise' ? channels(2) : Int32Array.of(0, 1, 2)
    const { shape, data } = blockWeights(kernel, { kind } as Joining, channels(2), from, block)
    expect(shape).toEqual([2 * block, inputs, 2, 3])
    expect([...data]).toEqual(numbers(transpose(reshape(w, [2, block, inputs, 2, 3]), [0, 2, 3, 4, 1])))
  })

  test('the kernel of the gradient is rotated, its channels exchanged', () => {
    const w = weights([block, 2 * block, 3, 2])
    const swapped = constant(Float32Array.from(numbers(transpose(reverse(w, [2, 3]), [1, 0, 2, 3]))), [
      2 * block,
      block,
      3,
      2,
    ])
    const laid = [transposed(kernelOf(w, 1)), kernelOf(swapped, 1)].map(kernel =>
      blockWeights(kernel, { kind: 'dense', groups: 1 }, channels(2), channels(1), block),
    )
    expect(laid[0]).toEqual(laid[1])
  })

  test('every weight has its own place', () => {
    const dims = [2 * block, block, 2, 2]
    const places = new Set<number>()
    for (let o = 0; o < dims[0]; o++)
      for (let i = 0; i < dims[1]; i++)
        for (const [y, x] of [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ] as const)
          places.add(place('dense', block, dims, o, i, y, x))
    expect(Math.max(...places)).toBe(places.size - 1)
    expect(places.size).toBe(2 * block * block * 4)
  })

  test('channels that only fill a block meet zeros; the others may lie in any order', () => {
    const w = weights([2, 3, 1, 1])
    const to = Int32Array.from({ length: block }, (_, p) => [1, -1, 0][p] ?? -1)
    const from = Int32Array.from({ length: block }, (_, p) => [2, 0, -1, 1][p] ?? -1)
    const { shape, data } = blockWeights(kernelOf(w, 1), { kind: 'dense', groups: 1 }, to, from, block)
    const source = numbers(w)
    for (let p = 0; p < block; p++)
      for (let q = 0; q < block; q++) {
        const wanted = to[p] < 0 || from[q] < 0 ? 0 : source[to[p] * 3 + from[q]]
        expect(data[place('dense', block, shape, p, q, 0, 0)]).toBe(wanted)
      }
  })

  test('groups taken together have zeros between them', () => {
    const groups = block / 4
    const w = weights([2 * block, 4, 1, 1]) // groups of 8 outputs and 4 inputs
    const { data } = blockWeights(kernelOf(w, groups), { kind: 'dense', groups: 1 }, channels(2), channels(1), block)
    const source = numbers(w)
    for (let o = 0; o < 2 * block; o++)
      for (let i = 0; i < block; i++) {
        const wanted = Math.floor(o / 8) === Math.floor(i / 4) ? source[o * 4 + (i % 4)] : 0
        expect(data[place('dense', block, [2 * block, block, 1, 1], o, i, 0, 0)]).toBe(wanted)
      }
  })
})
