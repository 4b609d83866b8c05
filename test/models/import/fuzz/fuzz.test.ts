import { afterAll, expect, test } from '@jest/globals'
import { cpu } from '../../../../src/exec/ort/cpu.ts'
import { agreementOf } from './agreement.ts'
import { describeNet, drawNet } from './draw-net.ts'

// Thousands: ADVX_FUZZ_NETS=5000 npx jest fuzz; others: ADVX_FUZZ_SEED=1000
const NETS = Number(process.env.ADVX_FUZZ_NETS ?? 40)
const FIRST = Number(process.env.ADVX_FUZZ_SEED ?? 0)

const executor = cpu()
afterAll(() => executor.close())

test.each(Array.from({ length: NETS }, (_, i) => FIRST + i))('net %i', async seed => {
  const net = drawNet(seed)
  const found = await agreementOf(net, executor).catch(cause => {
    throw new Error(`${cause.message}\n${describeNet(net)}`, { cause })
  })
  const { imported, exported, gradient, slope, smooth } = found
  const faults = [
    imported < 1e-4 ? '' : `imported, its scores are ${imported} off`,
    exported < 1e-4 ? '' : `exported, its scores are ${exported} off`,
    gradient < 1e-3 ? '' : `by ONNX Runtime, its gradient is ${gradient} off`,
    slope < 1e-4 ? '' : `its gradient is ${slope} off finite differences`,
    smooth > 0 ? '' : 'every picture lies on a kink',
  ].filter(fault => fault !== '')
  expect(`${faults.join('\n')}${faults.length > 0 ? `\n${describeNet(net)}` : ''}`).toBe('')
})
