import { expect, test } from '@jest/globals'
import { blockSize } from '../../../../src/exec/ort/blocked/block-size.ts'
import { cpu } from '../../../../src/exec/ort/cpu.ts'
import type { OrtArtifact } from '../../../../src/exec/ort/executor.ts'
import { conv } from '../../../../src/ops/conv.ts'
import { constant, input } from '../../../../src/tensor.ts'

const x = input([-1, 3, 4, 4], 'x')
const convolved = { inputs: { x }, outputs: { y: conv(x, constant(1, [5, 3, 3, 3])) } }

test('asked twice, it is the same: 8, 16, or none', async () => {
  const size = await blockSize()
  expect([8, 16, null]).toContain(size)
  expect(await blockSize()).toBe(size)
})

test('a graph with a convolution is in blocks, one without is not, and nothing is where blocks are turned off', async () => {
  const [here, plainly] = [cpu(), cpu({ block: null })]
  const size = await blockSize()
  const layout = size === null ? 'plain' : `blocks of ${size} channels`
  expect((await here.compile(convolved)) as OrtArtifact).toMatchObject({ block: size, layout })
  const light = { inputs: { x }, outputs: { y: x.mul(2) } }
  expect((await here.compile(light)) as OrtArtifact).toMatchObject({ block: null, layout: 'plain' })
  expect((await plainly.compile(convolved)) as OrtArtifact).toMatchObject({ block: null, layout: 'plain' })
  await Promise.all([here.close(), plainly.close()])
})
