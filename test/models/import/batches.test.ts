import { afterAll, describe, expect, test } from '@jest/globals'
import { cpu } from '../../../src/exec/ort/cpu.ts'
import { importOnnx } from '../../../src/models/import/import-onnx.ts'
import { size } from '../../../src/shape.ts'
import type { Tensor } from '../../../src/tensor.ts'
import { gradients } from '../../support/derivative.ts'
import { families } from './cases.ts'
import { noise, smallModel } from './small-model.ts'

const executor = cpu()
afterAll(() => executor.close())

/** Pictures in a batch; 1 and 2 are those that runtimes treat differently. */
const BATCHES = [2, 5]

describe.each(Object.entries(families))('a picture has the same bits in a batch as alone: %s', (_, cases) => {
  test.each(cases)('%s', async (_, small) => {
    const { input: x, logits, batch } = importOnnx(smallModel(small))
    const [g] = gradients(logits.mul(logits).sum(), [x])
    const outputs: Record<string, Tensor> = g ? { y: logits, g } : { y: logits }
    const program = await executor.open(await executor.compile({ inputs: { x }, outputs }))
    if (batch === 'any' && program.signature.batch === 'any') {
      const one = -size(x.shape)
      const pictures = noise(Math.max(...BATCHES) * one, 2)
      const alone = []
      for (let i = 0; i < Math.max(...BATCHES); i++)
        alone.push(await program.run({ x: pictures.slice(i * one, (i + 1) * one) }, 1))
      for (const count of BATCHES) {
        const together = await program.run({ x: pictures.slice(0, count * one) }, count)
        for (let i = 0; i < count; i++)
          for (const [name, row] of Object.entries(alone[i]))
            expect(together[name].slice(i * row.length, (i + 1) * row.length)).toEqual(row)
      }
    }
    await program.close()
  })
})
