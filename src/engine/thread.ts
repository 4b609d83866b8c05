import { Worker } from 'node:worker_threads'
import { AdvxError } from '../errors.ts'
import type { Answer, Call, Role } from './worker.ts'

/** A thread that works on calls, one after the other. */
export interface Thread {
  call<T>(method: string, ...args: readonly unknown[]): Promise<T>
  close(): Promise<void>
}

/** Whether threads can be had. Node does not load TypeScript into a worker: from source (in tests) all work is done here. */
export const hasThreads = !import.meta.url.endsWith('.ts')

/** Those that have not ended. */
const running = new Set<Thread>()

/** Lets every thread end after the native run that it is in: whoever ends the process during one aborts it. */
export const endThreads = async (): Promise<void> => void (await Promise.all([...running].map(({ close }) => close())))

/** Starts a thread that takes the calls of its role. */
export function thread(role: Role, device: string): Thread {
  const worker = new Worker(new URL('../engine/worker.js', import.meta.url), { workerData: { role, device } })
  const pending = new Map<number, { resolve(value: never): void; reject(error: unknown): void }>()
  let count = 0
  let closing = false
  let failed: { readonly error: unknown } | null = null
  const fail = (error: unknown): void => {
    failed ??= { error }
    for (const { reject } of pending.values()) reject(failed.error)
    pending.clear()
  }
  worker.on('message', (answer: Answer) => {
    const { resolve, reject } = pending.get(answer.id)!
    pending.delete(answer.id)
    if ('value' in answer) resolve(answer.value as never)
    else reject(revive(answer))
  })
  worker.on('error', fail)
  const ended = new Promise<void>(resolve => {
    worker.on('exit', code => {
      if (!closing)
        fail(
          new AdvxError(
            'usage',
            `A worker thread was ended, with code ${code}. Does an attack of your own call process.exit()?`,
          ),
        )
      running.delete(self)
      resolve()
    })
  })
  const self: Thread = {
    call: (method, ...args) =>
      new Promise((resolve, reject) => {
        if (failed) return reject(failed.error)
        pending.set(++count, { resolve, reject })
        worker.postMessage({ id: count, method, args } satisfies Call)
      }),
    async close() {
      // Not terminate(): in the middle of a native run that ends the whole process.
      closing = true
      worker.postMessage({ id: 0, method: 'close', args: [] } satisfies Call)
      await ended
    },
  }
  running.add(self)
  return self
}

function revive({ fault, message, stack }: Exclude<Answer, { value: unknown }>): Error {
  const error = fault ? new AdvxError(fault, message) : new Error(message)
  if (!fault) error.stack = stack
  return error
}
