import { expect, test } from '@jest/globals'
import { deviceNames, executorNamed, resolveDevice } from '../../src/exec/devices.ts'
import { demand, KINDS, type Kind } from '../../src/exec/tfjs/kinds.ts'

const MISSING: Kind = { device: 'tfjs-moon', about: '', packages: ['@tensorflow/tfjs-moon'], backend: 'moon' }

test('every device has a name, and a slip of the finger is seen', () => {
  expect(deviceNames()).toEqual(['auto', 'cpu', 'webgpu', ...KINDS.map(({ device }) => device), 'reference'])
  expect(() => executorNamed('tfjs-wsam')).toThrow(/Did you mean 'tfjs-wasm'\?/)
})

test('auto is a device that is there', async () => {
  expect(['cpu', 'tfjs-node-gpu']).toContain(await resolveDevice())
  expect(await resolveDevice('reference')).toBe('reference')
})

test('a device that is not installed says how to install it', () => {
  expect(() => demand(MISSING)).toThrow(
    /got 'tfjs-moon'\. @tensorflow\/tfjs-moon is missing\. Set it up by: npm install @tensorflow\/tfjs-moon@4\.22\.0/,
  )
  if (process.platform === 'linux' && process.arch === 'x64')
    expect(() => demand({ ...MISSING, device: 'tfjs-node-gpu', backend: 'tensorflow' })).toThrow(
      /Set it up by: bash .*bin\/tfjs-node\.sh gpu$/,
    )
})
