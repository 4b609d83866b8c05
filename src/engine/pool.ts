import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { AdvxError } from '../errors.ts'
import type { Artifact, Executor } from '../exec/executor.ts'
import { type Lane, openLane } from './lane.ts'
import type { Answer, Call, Opening } from './worker.ts'

/** Lanes that share the work: each image goes to the one with the fewest in flight. */
export interface Pool extends Pick<Lane, 'classify' | 'attack' | 'trial' | 'setBatch'> {
  readonly lanes: number
  close(): Promise<void>
}

/** One lane a thread where the executor's programs open in threads, else one in this thread. */
export async function openPool(
  executor: Executor,
  artifacts: Readonly<Record<string, Artifact>>,
  threads: number,
): Promise<Pool> {
  // Node does not load TypeScript into a worker: from source (in tests) the one lane is here.
  const here = !executor.threads || import.meta.url.endsWith('.ts')
  const lanes = here
    ? [await openLane(executor, artifacts)]
    : Array.from({ length: threads }, () => remoteLane({ device: executor.name, artifacts }))
  const load = lanes.map(() => 0)
  const least = async <T>(work: (lane: Lane) => Promise<T>): Promise<T> => {
    const i = load.indexOf(Math.min(...load))
    load[i]++
    try {
      return await work(lanes[i])
    } finally {
      load[i]--
    }
  }
  return {
    lanes: lanes.length,
    classify: levels => least(lane => lane.classify(levels)),
    attack: (job, levels, y) => least(lane => lane.attack(job, levels, y)),
    trial: (program, pictures, classes) => lanes[0].trial(program, pictures, classes),
    setBatch: async images => void (await Promise.all(lanes.map(lane => lane.setBatch(images)))),
    close: async () => void (await Promise.all(lanes.map(lane => lane.close()))),
  }
}

/** A lane in a worker thread. */
function remoteLane(opening: Opening): Lane {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: opening })
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
  const call = <T>(method: keyof Lane, ...args: readonly unknown[]): Promise<T> =>
    new Promise((resolve, reject) => {
      pending.set(++count, { resolve, reject })
      worker.postMessage({ id: count, method, args } satisfies Call)
    })
  return {
    classify: levels => call('classify', levels),
    attack: (job, levels, y) => call('attack', job, levels, y),
    trial: (program, pictures, classes) => call('trial', program, pictures, classes),
    setBatch: images => call('setBatch', images),
    async close() {
      // Not terminate(): in the middle of a native run that ends the whole process.
      worker.removeAllListeners('exit')
      const ended = new Promise(resolve => worker.once('exit', resolve))
      worker.postMessage({ id: 0, method: 'close', args: [] } satisfies Call)
      await ended
    },
  }
}

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
