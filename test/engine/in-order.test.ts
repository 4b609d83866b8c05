import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { inOrder } from '../../src/engine/in-order.ts'

test('results come in order, with no more in flight than allowed', async () => {
  let active = 0
  let most = 0
  const work = async (i: number): Promise<number> => {
    most = Math.max(most, ++active)
    await sleep((i * 7) % 5)
    active--
    return i
  }
  const items = Array.from({ length: 40 }, (_, i) => i)
  const got: number[] = []
  for await (const i of inOrder(items, work, 3)) got.push(i)
  expect(got).toEqual(items)
  expect(most).toBe(3)
})

test('an error comes when its turn comes', async () => {
  const got: number[] = []
  const work = async (i: number): Promise<number> => {
    if (i === 2) throw new Error('two')
    return i
  }
  await expect(
    (async () => {
      for await (const i of inOrder([0, 1, 2, 3], work, 4)) got.push(i)
    })(),
  ).rejects.toThrow('two')
  expect(got).toEqual([0, 1])
})

test('an abort ends it at once', async () => {
  const abort = new AbortController()
  const got: number[] = []
  const never = new Promise<number>(() => {})
  for await (const i of inOrder([0, 1, 2], async i => (i === 2 ? never : i), 3, abort.signal)) {
    got.push(i)
    if (i === 1) setImmediate(() => abort.abort())
  }
  expect(got).toEqual([0, 1])
})
