import type { Executor } from '../executor.ts'
import { type OrtOptions, onnxRuntime } from './executor.ts'

/** ONNX Runtime on the CPU: give every core a program of its own. */
export const cpu = (options: Pick<OrtOptions, 'block'> = {}): Executor =>
  onnxRuntime({ device: 'cpu', threads: true, ...options })
