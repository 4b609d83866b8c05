import { expect, test } from '@jest/globals'
import { aimed, aims } from '../../src/engine/aims.ts'
import { oneHot } from '../../src/engine/decision.ts'
import type { Probe } from '../../src/engine/probe.ts'

const classes = 4
const logits = Float32Array.of(1, 5, 3, 3)
const model = { logits: async () => logits } as unknown as Probe
const given = { x0: new Float32Array(3), y: oneHot(1, classes) }

test.each([
  [1, [2]],
  [2, [2, 3]],
  [9, [2, 3, 0]],
])('%i targets are the likeliest other classes of the clean picture', async (targets, expected) => {
  const found = await aimed(model, { params: { targets }, targeted: false, classes }, given)
  expect(found).toEqual(expected.map(k => oneHot(k, classes)))
})

test('none: one start, and no pass of the model', async () => {
  const silent = { logits: () => Promise.reject(new Error('asked')) } as unknown as Probe
  expect(await aimed(silent, { params: { targets: 0 }, targeted: false, classes }, given)).toHaveLength(1)
  expect(await aimed(silent, { params: {}, targeted: false, classes }, given)).toHaveLength(1)
  expect(await aimed(silent, { params: { targets: 9 }, targeted: true, classes }, given)).toHaveLength(1)
  expect(aims({ targets: 9 }, true)).toBe(0)
})
