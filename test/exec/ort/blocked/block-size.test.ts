import { afterAll, expect, test } from '@jest/globals'
import { runOnce } from '../../../../src/exec/executor.ts'
import { cpu, type OrtArtifact } from '../../../../src/exec/ort/cpu.ts'
import { conv } from '../../../../src/ops/conv.ts'
import { constant, input } from '../../../../src/tensor.ts'

const x = input([-1, 3, 4, 4], 'x')
const convolved = { inputs: { x }, outputs: { y: conv(x, constant(1, [5, 3, 3, 3])) } }
const [here, plainly] = [cpu(), cpu({ block: null })]
afterAll(() => Promise.all([here.close(), plainly.close()]))

// In this order: the runtime is asked once a process.
test('the first graph asks what the processor has, where the programs will run; the next ones know', async () => {
  const asked: unknown[] = []
  const inThisThread = runOnce(here)
  here.learn?.((artifact, feeds) => {
    asked.push(artifact)
    return inThisThread(artifact, feeds)
  })
  const first = (await here.compile(convolved)) as OrtArtifact
  expect([8, 16, null]).toContain(first.block)
  expect(asked.length).toBeGreaterThan(0)
  const before = asked.length
  const again = (await here.compile({ ...convolved, outputs: { y: convolved.outputs.y.mul(2) } })) as OrtArtifact
  expect(again.block).toBe(first.block)
  expect(asked.length).toBe(before)
})

test('a graph with a convolution is in blocks, one without is not, and nothing is where blocks are turned off', async () => {
  const blocked = (await here.compile(convolved)) as OrtArtifact
  expect(blocked.layout).toBe(blocked.block === null ? 'plain' : `blocks of ${blocked.block} channels`)
  const light = { inputs: { x }, outputs: { y: x.mul(2) } }
  expect((await here.compile(light)) as OrtArtifact).toMatchObject({ block: null, layout: 'plain' })
  expect((await plainly.compile(convolved)) as OrtArtifact).toMatchObject({ block: null, layout: 'plain' })
})
