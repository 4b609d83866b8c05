import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Executor } from '../exec/executor.ts'
import { type Lane, laneOf } from './lane.ts'
import { hasThreads, type Thread, thread } from './thread.ts'
import { turnstile } from './turnstile.ts'

/** Lanes that share the work, each with all programs. */
export interface Pool extends Lane {
  readonly lanes: number
}

/** One lane a thread where the executor's programs open in threads, else one in this thread. */
export function hire(executor: Executor, threads: number): Pool {
  const here = !executor.threads || !hasThreads
  const lane = (): Lane => remoteLane(thread('lane', executor.name))
  const pool = poolOf(here ? [laneOf(executor)] : Array.from({ length: threads }, lane))
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

const remoteLane = ({ call, close }: Thread): Lane => ({
  open: (program, artifact) => call('open', program, artifact),
  runOnce: (artifact, feeds) => call('runOnce', artifact, feeds),
  classify: levels => call('classify', levels),
  attack: (job, levels, y) => call('attack', job, levels, y),
  trial: (program, pictures, classes) => call('trial', program, pictures, classes),
  setBatch: images => call('setBatch', images),
  close,
})

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
