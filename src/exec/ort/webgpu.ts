import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { input } from '../../tensor.ts'
import type { Executor } from '../executor.ts'
import { type OrtArtifact, onnxRuntime } from './executor.ts'
import { problemIn } from './session.ts'

/** ONNX Runtime on a GPU through WebGPU (Vulkan, Metal, Direct3D 12); on the CPU what it has no kernel for there. */
export const webgpu = (): Executor => onnxRuntime({ device: 'webgpu', threads: false, block: null })

/** Runs a graph, given by its path, on zeros. */
const TRIAL = `
const [runtime, path] = process.argv.slice(1)
const { InferenceSession, Tensor } = require(runtime)
const trial = async () => {
  const session = await InferenceSession.create(path, { executionProviders: ['webgpu'], logSeverityLevel: 4 })
  await session.run({ x: new Tensor('float32', new Float32Array(2), [1, 2]) })
  await session.release()
}
trial().catch(error => {
  console.log(error.message)
  process.exitCode = 1
})`

/**
 * Why no graph runs on WebGPU here, or null where one does. Tried in a process of its own: the library writes to the
 * terminal as it likes, and a driver may end the process.
 */
export async function webgpuProblem(): Promise<string | null> {
  const executor = webgpu()
  const x = input([-1, 2], 'x')
  try {
    const { path } = (await executor.compile({ inputs: { x }, outputs: { y: x.mul(2) } })) as OrtArtifact
    const library = createRequire(import.meta.url).resolve('onnxruntime-node')
    await promisify(execFile)(process.execPath, ['-e', TRIAL, library, path], { timeout: 30_000 })
    return null
  } catch (error) {
    const { stdout = '', message } = error as Error & { readonly stdout?: string }
    return problemIn(stdout || message)
  } finally {
    await executor.close().catch(() => {}) // where it could not write there is nothing to remove
  }
}
