import type { Kind } from './backend.ts'

/** TensorFlow.js in JavaScript, in WebAssembly, and bound to TensorFlow's own library. */
export const KINDS = {
  'tfjs-cpu': {
    device: 'tfjs-cpu',
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
    backend: 'cpu',
  },
  'tfjs-wasm': {
    device: 'tfjs-wasm',
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'],
    backend: 'wasm',
    // Of version 4.22: the one adds to memory that it has not cleared; the other keeps how it packed b, by b's memory
    // alone, and takes that for a b of another shape there.
    wrong: ['MaxPoolGrad'],
    unshared: { BatchMatMul: 'b' },
  },
  'tfjs-node': { device: 'tfjs-node', packages: ['@tensorflow/tfjs-node'], backend: 'tensorflow' },
  'tfjs-node-gpu': { device: 'tfjs-node-gpu', packages: ['@tensorflow/tfjs-node-gpu'], backend: 'tensorflow' },
} as const satisfies Readonly<Record<string, Kind>>
