// A lane in a thread of its own: calls come in as messages, answers go out as messages.
import { parentPort, workerData } from 'node:worker_threads'
import { AdvxError } from '../errors.ts'
import { executorNamed } from '../exec/devices.ts'
import type { Artifact } from '../exec/executor.ts'
import { type Lane, openLane } from './lane.ts'

export interface Call {
  readonly id: number
  readonly method: keyof Lane | 'open'
  readonly args: readonly unknown[]
}
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: AdvxError['fault'] | null; readonly message: string; readonly stack: string }
if (parentPort) {
  const port = parentPort
  const executor = executorNamed(workerData as string)
  executor.load().catch(() => {}) // told by the first `open`
  let lane: Lane
  port.on('message', async ({ id, method, args }: Call) => {
    if (method === 'close') process.exit() // this thread alone, between two native runs
    const answer = async (): Promise<unknown> => {
      if (method !== 'open') return (lane[method] as (...args: readonly unknown[]) => Promise<unknown>)(...args)
      lane = await openLane(executor, args[0] as Readonly<Record<string, Artifact>>)
      return undefined
    }
    try {
      port.postMessage({ id, value: await answer() } satisfies Answer)
    } catch (error) {
      const { message, stack = '' } = error as Error
      const fault = error instanceof AdvxError ? error.fault : null
      port.postMessage({ id, fault, message, stack } satisfies Answer)
    }
  })
}
