import { expected, suggest } from '../errors.ts'
import type { Executor } from './executor.ts'
import { cpu } from './ort/cpu.ts'
import { webgpu } from './ort/webgpu.ts'
import { reference } from './reference.ts'
import { tfjs } from './tfjs/executor.ts'
import { isInstalled, KINDS, kindOf } from './tfjs/kinds.ts'

interface Device {
  readonly about: string
  make(): Executor
}

/** What `--device` takes besides `auto`. */
const DEVICES: Readonly<Record<string, Device>> = {
  cpu: { make: cpu, about: 'ONNX Runtime, a single-threaded session on each core' },
  webgpu: { make: webgpu, about: 'ONNX Runtime on a GPU through WebGPU' },
  ...Object.fromEntries(KINDS.map(kind => [kind.device, { make: () => tfjs(kind), about: kind.about }])),
  reference: { make: () => reference, about: 'plain JavaScript in float64: slow, for comparison' },
}

export const deviceNames = (): string[] => ['auto', ...Object.keys(DEVICES)]

/** The name of a device; for `auto` that of the fastest here: TensorFlow on a GPU where it finds one, else the CPU. */
export async function resolveDevice(name = 'auto'): Promise<string> {
  return name === 'auto' ? ((await gpuDevice()) ?? 'cpu') : name
}

async function gpuDevice(): Promise<string | null> {
  const kind = kindOf('tfjs-node-gpu')
  if (!isInstalled(kind)) return null
  const { starts } = await import('./tfjs/backend.ts')
  return (await starts(kind)) ? kind.device : null
}

/** @throws AdvxError when there is no such device, or it is not installed. */
export function executorNamed(device: string): Executor {
  const entry = DEVICES[device]
  if (!entry)
    throw expected('usage', `one of ${deviceNames().join(', ')}`, '--device', device, suggest(device, deviceNames()))
  return entry.make()
}
