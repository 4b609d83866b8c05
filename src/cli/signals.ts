import { INTERRUPTED } from './failure.ts'
import { leave } from './leave.ts'
import { paintError, tell } from './terminal.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

const STOPPING = 'Stopping after the pictures in work. Once more stops at once.'

/** For how long native runs that are under way may go on after the second signal, in milliseconds. */
const PATIENCE = 3000

/** Runs work that the first Ctrl-C (or SIGTERM) asks to stop, which is `said` on a terminal, and the second one stops. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, said = STOPPING): Promise<T> {
  const controller = new AbortController()
  let [over, leaving] = [false, false]
  const stop = (): void => {
    if (over) process.exit(INTERRUPTED) // which is what it is about to do
    if (controller.signal.aborted) stopAtOnce()
    else if (process.stderr.isTTY) tell(`\n${said}`)
    controller.abort()
  }
  const stopAtOnce = (): void => {
    unlisten() // one more signal ends the process as if nobody had listened
    leaving = true
    tell(`${paintError.red('advx:')} Interrupted.`)
    setTimeout(() => process.kill(process.pid, 'SIGINT'), PATIENCE).unref()
    void leave(INTERRUPTED)
  }
  const unlisten = (): void => {
    for (const name of SIGNALS) process.off(name, stop)
  }
  for (const name of SIGNALS) process.on(name, stop)
  try {
    return await work(controller.signal)
  } finally {
    over = true
    if (!controller.signal.aborted) unlisten()
    if (leaving) await new Promise(() => {}) // what the work says now comes too late
  }
}
