import { expect, test } from '@jest/globals'
import { Batcher } from '../../src/engine/batcher.ts'
import type { Program } from '../../src/exec/executor.ts'
import { N } from '../../src/shape.ts'

/** y = scale · x, which notes the batches that it was given. */
function doubling(batches: number[]): Program {
  return {
    signature: {
      batch: 'any',
      inputs: [
        { name: 'x', shape: [N, 2] },
        { name: 'scale', shape: [] },
      ],
      outputs: [{ name: 'y', shape: [N, 2] }],
    },
    async run({ x, scale }, batch) {
      batches.push(batch)
      if (x[0] < 0) throw new Error('negative')
      return { y: x.map(v => v * scale[0]) }
    },
    async close() {},
  }
}
const row = (v: number, scale = 2) => ({ x: Float32Array.of(v, v + 0.5), scale: Float32Array.of(scale) })

test('images that ask together run together, each with its own result', async () => {
  const batches: number[] = []
  const batcher = new Batcher(new Map([['f', doubling(batches)]]), 4)
  const results = await Promise.all(Array.from({ length: 10 }, (_, i) => batcher.run('f', row(i))))
  expect(results.map(r => [...r.y])).toEqual(Array.from({ length: 10 }, (_, i) => [2 * i, 2 * i + 1]))
  expect(batches).toEqual([4, 4, 2])
})

test('another scalar is another batch', async () => {
  const batches: number[] = []
  const batcher = new Batcher(new Map([['f', doubling(batches)]]), 4)
  const [a, b] = await Promise.all([batcher.run('f', row(1, 2)), batcher.run('f', row(1, 3))])
  expect([a.y[0], b.y[0]]).toEqual([2, 3])
  expect(batches).toEqual([1, 1])
})

test('an error reaches those who asked, and the next batch runs', async () => {
  const batcher = new Batcher(new Map([['f', doubling([])]]), 1)
  const failing = batcher.run('f', row(-1))
  const working = batcher.run('f', row(1))
  await expect(failing).rejects.toThrow('negative')
  expect((await working).y[0]).toBe(2)
})

test('a row is a copy: the next batch does not change it', async () => {
  const batcher = new Batcher(new Map([['f', doubling([])]]), 8)
  const first = await batcher.run('f', row(1))
  await batcher.run('f', row(5))
  expect([...first.y]).toEqual([2, 3])
})
