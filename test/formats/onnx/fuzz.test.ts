import { expect, test } from '@jest/globals'
import { AdvxError } from '../../../src/errors.ts'
import { parseOnnx } from '../../../src/formats/onnx/read.ts'
import { encodeOnnx } from '../../../src/formats/onnx/write.ts'
import { everything, graph, model, named, node, otherModels, tensor, value } from './sample.ts'

/** Marsaglia's xorshift: the same mutants on every machine. */
function xorshift(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const INFLATED = [0xff, 0xff, 0xff, 0xff, 0x0f]

const mutations: ((bytes: Uint8Array, below: (n: number) => number) => Uint8Array)[] = [
  function flipBits(bytes, below) {
    const mutant = bytes.slice()
    for (let n = 1 + below(8); n > 0; n--) mutant[below(mutant.length)] ^= 1 << below(8)
    return mutant
  },
  function truncate(bytes, below) {
    return bytes.subarray(0, below(bytes.length))
  },
  function splice(bytes, below) {
    const [from, to] = [below(bytes.length), below(bytes.length)]
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from, from + below(200)), bytes.subarray(to)])
  },
  function cutOut(bytes, below) {
    const from = below(bytes.length)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + below(20))])
  },
  function inflateLength(bytes, below) {
    const mutant = bytes.slice()
    mutant.set(INFLATED.slice(below(4)), below(mutant.length - INFLATED.length))
    return mutant
  },
]

const head = (bytes: Uint8Array, below: (n: number) => number) =>
  // Most bytes of a model are weights, which nothing can go wrong with: half of the mutants keep to the first 2 KiB.
  below(2) ? bytes : bytes.subarray(0, 2048)

test('10,000 mutants of models are read or refused, and cost nothing', () => {
  const conv = graph({
    nodes: [
      node('Conv', ['x', 'w'], ['c'], { pads: { kind: 'ints', value: [1, 1, 1, 1] } }),
      node('Relu', ['c'], ['y']),
    ],
    initializers: named(tensor('w', [1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])),
    inputs: [value('x', ['N', 1, 28, 28])],
    outputs: [value('y', ['N', 1, 28, 28])],
  })
  const small = otherModels().filter(({ name }) => name === 'mnist-8.onnx')
  const bases = [encodeOnnx(everything), encodeOnnx(model(conv)), ...small.map(({ bytes }) => new Uint8Array(bytes))]
  const below = xorshift(20240601)
  const memory = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const before = memory()
  let [read, refused, peak] = [0, 0, 0]
  for (let i = 0; i < 10_000; i++) {
    const base = bases[i % bases.length]
    const part = head(base, below)
    const mutated = mutations[below(mutations.length)](part, below)
    const mutant = part === base ? mutated : Buffer.concat([mutated, base.subarray(part.length)])
    try {
      parseOnnx(mutant)
      read++
    } catch (error) {
      if (!(error instanceof AdvxError)) throw new Error(`mutant ${i}`, { cause: error })
      expect(error.message.length).toBeLessThan(1000)
      refused++
    }
    if (i % 100 === 0) peak = Math.max(peak, memory() - before)
  }
  expect(peak).toBeLessThan(300e6)
  expect(read + refused).toBe(10_000)
  expect(read).toBeGreaterThan(100)
  expect(refused).toBeGreaterThan(1000)
})
