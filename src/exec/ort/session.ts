import { createRequire } from 'node:module'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { AdvxError } from '../../errors.ts'
import { resolve } from '../../shape.ts'
import type { Program } from '../executor.ts'
import type { OrtArtifact } from './cpu.ts'

/**
 * One single-threaded session. A graph in blocks as it stands, and others with the runtime's own layout and fusions at
 * level 'all', gave the same bits for every batch and row, so that a picture's result does not depend on its batch mates;
 * 'extended' did not.
 */
export async function openSession({ path, block, signature }: OrtArtifact): Promise<Program> {
  const ort = await runtime()
  let session: InferenceSession
  try {
    session = await ort.InferenceSession.create(path, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      graphOptimizationLevel: block === null ? 'all' : 'disabled',
      logSeverityLevel: 3,
    })
  } catch (cause) {
    throw new AdvxError('model', `ONNX Runtime does not take the compiled graph: ${(cause as Error).message}`, {
      cause,
    })
  }
  return {
    signature,
    async run(feeds, batch) {
      const given: Record<string, Tensor> = {}
      for (const { name, shape } of signature.inputs)
        given[name] = new ort.Tensor('float32', feeds[name], resolve(shape, batch))
      const results = await session.run(given)
      return Object.fromEntries(signature.outputs.map(({ name }) => [name, results[name].data as Float32Array]))
    },
    close: () => session.release(),
  }
}

// ONNX Runtime sends usage data to its makers unless this is set when its library is loaded. Here, in the main thread:
// a worker's `process.env` is a copy that native code does not see.
process.env.ORT_DISABLE_TELEMETRY ??= '1'

// Node reads a CommonJS module a third faster by `require`, which looks for no names of exports.
const require = createRequire(import.meta.url)

type Runtime = typeof import('onnxruntime-node')
let loaded: Promise<Runtime> | null = null

/** The native runtime, loaded on first use: `advx --help` need not wait for it. */
export function runtime(): Promise<Runtime> {
  loaded ??= Promise.resolve().then(() => require('onnxruntime-node'))
  return loaded
}
