import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { AdvxError } from '../errors.ts'
import type { Executor } from '../exec/executor.ts'
import { type Lane, laneOf } from './lane.ts'
import { turnstile } from './turnstile.ts'
import type { Answer, Call } from './worker.ts'

/** Lanes that share the work, each with all programs. */
export interface Pool extends Lane {
  readonly lanes: number
}

/** One lane a thread where the executor's programs open in threads, else one in this thread. */
export function hire(executor: Executor, threads: number): Pool {
  // Node does not load TypeScript into a worker: from source (in tests) the one lane is here.
  const here = !executor.threads || import.meta.url.endsWith('.ts')
  const pool = poolOf(
    here ? [laneOf(executor)] : Array.from({ length: threads }, () => remoteLane(thread(executor.name))),
  )
  const learned = executor.learn?.(pool.runOnce)
  return { ...pool, close: () => Promise.resolve(learned).then(pool.close) }
}

/**
 * Attacks wait here, not in a lane: a picture once begun is finished soon, and no lane has a queue while another is idle.
 * Twice as many as run together, so that batches stay full when pictures leave.
 */
function poolOf(lanes: readonly Lane[]): Pool {
  const attacks = share(lanes)
  const classifications = share(lanes)
  const trials = share(lanes)
  const attack = (...args: Parameters<Lane['attack']>) => attacks(lane => lane.attack(...args))
  let admitted = turnstile(lanes.length, attack)
  const all = async (work: (lane: Lane) => Promise<void>): Promise<void> => void (await Promise.all(lanes.map(work)))
  return {
    lanes: lanes.length,
    open: (...args) => all(lane => lane.open(...args)),
    runOnce: lanes[0].runOnce,
    classify: levels => classifications(lane => lane.classify(levels)),
    attack: (...args) => admitted(...args),
    trial: (...args) => trials(lane => lane.trial(...args)),
    setBatch(images) {
      admitted = turnstile(2 * images * lanes.length, attack)
      return all(lane => lane.setBatch(images))
    },
    close: () => all(lane => lane.close()),
  }
}

/** Gives work to the lane that has the least of it. */
function share(lanes: readonly Lane[]): <T>(work: (lane: Lane) => Promise<T>) => Promise<T> {
  const load = lanes.map(() => 0)
  return async work => {
    const i = load.indexOf(Math.min(...load))
    load[i]++
    try {
      return await work(lanes[i])
    } finally {
      load[i]--
    }
  }
}

/** A thread that works on calls, one after the other. */
interface Thread {
  call<T>(method: Call['method'], ...args: readonly unknown[]): Promise<T>
  close(): Promise<void>
}

function thread(device: string): Thread {
  const worker = new Worker(new URL('../engine/worker.js', import.meta.url), { workerData: device })
  const pending = new Map<number, { resolve(value: never): void; reject(error: unknown): void }>()
  let count = 0
  const failAll = (error: unknown): void => {
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }
  worker.on('message', (answer: Answer) => {
    const { resolve, reject } = pending.get(answer.id)!
    pending.delete(answer.id)
    if ('value' in answer) resolve(answer.value as never)
    else reject(revive(answer))
  })
  worker.on('error', failAll)
  worker.on('exit', code => failAll(new AdvxError('internal', `A worker thread ended with code ${code}`)))
  return {
    call: (method, ...args) =>
      new Promise((resolve, reject) => {
        pending.set(++count, { resolve, reject })
        worker.postMessage({ id: count, method, args } satisfies Call)
      }),
    async close() {
      // Not terminate(): in the middle of a native run that ends the whole process.
      worker.removeAllListeners('exit')
      const ended = new Promise(resolve => worker.once('exit', resolve))
      worker.postMessage({ id: 0, method: 'close', args: [] } satisfies Call)
      await ended
    },
  }
}

const remoteLane = ({ call, close }: Thread): Lane => ({
  open: (program, artifact) => call('open', program, artifact),
  runOnce: (artifact, feeds) => call('runOnce', artifact, feeds),
  classify: levels => call('classify', levels),
  attack: (job, levels, y) => call('attack', job, levels, y),
  trial: (program, pictures, classes) => call('trial', program, pictures, classes),
  setBatch: images => call('setBatch', images),
  close,
})

function revive({ fault, message, stack }: Exclude<Answer, { value: unknown }>): Error {
  const error = fault ? new AdvxError(fault, message) : new Error(message)
  if (!fault) error.stack = stack
  return error
}

/** Cores that this process may use: the machine's, or the container's quota (cgroup v2, v1). */
export function availableThreads(): number {
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8').trim()
    } catch {
      return ''
    }
  }
  const [quota, period] = read('/sys/fs/cgroup/cpu.max').split(' ').map(Number)
  const old = Number(read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us')) / Number(read('/sys/fs/cgroup/cpu/cpu.cfs_period_us'))
  const share = quota / period || (old > 0 ? old : Infinity)
  return Math.max(1, Math.min(availableParallelism(), Math.floor(share)))
}
