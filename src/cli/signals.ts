import { INTERRUPTED } from './failure.ts'
import { tell } from './terminal.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

const STOPPING = 'Stopping after the pictures in work. Once more stops at once.'

/** Runs work that the first Ctrl-C (or SIGTERM) asks to stop, which is `said` on a terminal, and the second one stops. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, said = STOPPING): Promise<T> {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    controller.abort()
    if (process.stderr.isTTY) tell(`\n${said}`)
  }
  for (const name of SIGNALS) process.on(name, stop)
  try {
    return await work(controller.signal)
  } finally {
    for (const name of SIGNALS) process.off(name, stop)
  }
}
