import { hasThreads, thread } from '../engine/thread.ts'
import type { Executor } from '../exec/executor.ts'
import { type Machine, machineOf } from '../exec/machine.ts'

/** Runs work on a machine in a thread of its own, where threads can be had. */
export async function withMachine<T>(
  executor: Executor,
  work: (executor: Executor, machine: Machine) => Promise<T>,
): Promise<T> {
  const machine = executor.threads && hasThreads ? remoteMachine(executor.name) : machineOf(executor)
  try {
    return await work(executor, machine)
  } finally {
    await machine.close()
    await executor.close()
  }
}

function remoteMachine(device: string): Machine {
  const { call, close } = thread('machine', device)
  return {
    open: (program, artifact, threads) => call('open', program, artifact, threads),
    write: state => call('write', state),
    read: () => call('read'),
    run: (program, feeds, batch) => call('run', program, feeds, batch),
    close,
  }
}
