// A lane or a machine in a thread of its own: calls come in as messages, answers go out as messages.
import { Console } from 'node:console'
import { parentPort, workerData } from 'node:worker_threads'
import { AdvxError } from '../errors.ts'
import { executorNamed } from '../exec/devices.ts'
import { machineOf } from '../exec/machine.ts'
import { laneOf } from './lane.ts'

export interface Call {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: AdvxError['fault'] | null; readonly message: string; readonly stack: string }

const ROLES = { lane: laneOf, machine: machineOf }
/** Whose methods a thread's calls name. */
export type Role = keyof typeof ROLES

if (parentPort) {
  const port = parentPort
  globalThis.console = new Console(process.stderr) // for attack files that print: stdout is for results
  const { role, device } = workerData as { role: Role; device: string }
  const executor = executorNamed(device)
  executor.load().catch(() => {}) // told by the first `open`
  const methods = ROLES[role](executor) as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>
  port.on('message', async ({ id, method, args }: Call) => {
    if (method === 'close') process.exit() // this thread alone, between two native runs
    try {
      port.postMessage({ id, value: await methods[method](...args) } satisfies Answer)
    } catch (error) {
      const { message, stack = '' } = error as Error
      const fault = error instanceof AdvxError ? error.fault : null
      port.postMessage({ id, fault, message, stack } satisfies Answer)
    }
  })
}
