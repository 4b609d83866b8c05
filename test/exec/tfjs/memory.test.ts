import { expect, test } from '@jest/globals'
import { memory } from '@tensorflow/tfjs-core'
import type { Values } from '../../../src/exec/executor.ts'
import { tfjs } from '../../../src/exec/tfjs/executor.ts'
import { isInstalled, kindOf, setUp } from '../../../src/exec/tfjs/kinds.ts'
import { backward } from '../../../src/grad.ts'
import { resolve, size } from '../../../src/shape.ts'
import { input } from '../../../src/tensor.ts'
import { IMAGE, NETS } from '../../support/nets.ts'
import { values } from '../../support/values.ts'

const native = kindOf('tfjs-node')
if (!isInstalled(native)) console.log(`Skipped: ${native.device} is not installed. Set it up by: ${setUp(native)}`)

test.each(['tfjs-cpu', 'tfjs-wasm', ...(isInstalled(native) ? [native.device] : [])])(
  '%s holds as much after 1,000 steps as after one, and nothing once closed',
  async device => {
    const executor = tfjs(kindOf(device))
    const [{ weights, logits }] = NETS
    const inputs = { x: input(IMAGE, 'x'), ...Object.fromEntries(weights.map((shape, i) => [`w${i}`, input(shape)])) }
    const [x, ...w] = Object.values(inputs)
    const y = logits(x, w)
    const [g] = backward(y.mul(y).sum(), [x])
    const feeds: Values = Object.fromEntries(
      Object.entries(inputs).map(([name, t], i) => {
        const data = values(t.shape, 2, -1, 1, i)
        expect(data.length).toBe(size(resolve(t.shape, 2)))
        return [name, Float32Array.from(data)]
      }),
    )
    await executor.load()
    const before = memory()
    const program = await executor.open(await executor.compile({ inputs, outputs: { y, g } }))
    await program.run(feeds, 2)
    const { numTensors, numBytes, numDataBuffers } = memory()
    for (let i = 1; i < 1000; i++) await program.run(feeds, 2)
    expect(memory()).toMatchObject({ numTensors, numBytes, numDataBuffers })
    await program.close()
    expect(memory()).toMatchObject({ numTensors: before.numTensors, numDataBuffers: before.numDataBuffers })
  },
  300_000, // on a busy machine
)
