// A lane in a thread of its own: calls come in as messages, answers go out as messages.
import { parentPort, workerData } from 'node:worker_threads'
import { AdvxError } from '../errors.ts'
import { executorNamed } from '../exec/devices.ts'
import { type Lane, laneOf } from './lane.ts'

export interface Call {
  readonly id: number
  readonly method: keyof Lane
  readonly args: readonly unknown[]
}
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: AdvxError['fault'] | null; readonly message: string; readonly stack: string }
if (parentPort) {
  const port = parentPort
  const executor = executorNamed(workerData as string)
  executor.load().catch(() => {}) // told by the first `open`
  const lane = laneOf(executor)
  port.on('message', async ({ id, method, args }: Call) => {
    if (method === 'close') process.exit() // this thread alone, between two native runs
    try {
      const value = await (lane[method] as (...args: readonly unknown[]) => Promise<unknown>)(...args)
      port.postMessage({ id, value } satisfies Answer)
    } catch (error) {
      const { message, stack = '' } = error as Error
      const fault = error instanceof AdvxError ? error.fault : null
      port.postMessage({ id, fault, message, stack } satisfies Answer)
    }
  })
}
