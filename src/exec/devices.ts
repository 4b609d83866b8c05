import { expected, suggest } from '../errors.ts'
import type { Executor } from './executor.ts'
import { cpu } from './ort/cpu.ts'
import { reference } from './reference.ts'

/** What `--device` takes. `auto` is the fastest that this machine has. */
const DEVICES: Readonly<Record<string, { readonly make: () => Executor; readonly about: string }>> = {
  cpu: { make: cpu, about: 'ONNX Runtime, a single-threaded session on each core' },
  reference: { make: () => reference, about: 'plain JavaScript in float64: slow, for comparison' },
}

export const deviceNames = (): string[] => ['auto', ...Object.keys(DEVICES)]
export const devices = (): { name: string; about: string }[] =>
  Object.entries(DEVICES).map(([name, { about }]) => ({ name, about }))

export function executorNamed(device: string): Executor {
  const entry = DEVICES[device === 'auto' ? 'cpu' : device]
  if (!entry)
    throw expected('usage', `one of ${deviceNames().join(', ')}`, '--device', device, suggest(device, deviceNames()))
  return entry.make()
}
