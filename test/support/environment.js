// Jest runs tests in a VM context with its own typed arrays, which native addons (onnxruntime-node, sharp)
// reject: https://github.com/jestjs/jest/issues/11864. Share the host's.
import { TestEnvironment } from 'jest-environment-node'

const shared = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Uint8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float32Array',
  'Float64Array',
]

export default class extends TestEnvironment {
  constructor(config, context) {
    super(config, context)
    for (const name of shared) this.global[name] = globalThis[name]
  }
}
