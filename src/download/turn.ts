import { mkdir, realpath, stat } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { FolderInUse, type Lock, takeLock } from '../io/lock.ts'
import { CACHE_SETTING } from '../models/registry/cache-folder.ts'

export interface Turn {
  /** The file that the process whose turn it is writes. */
  readonly growing: string
  /** Milliseconds in which it may stay as it is before that process is taken for dead: one of another host may be. */
  readonly patience: number
  /** Told once, who is waited for. */
  on(message: string): void
  readonly signal?: AbortSignal | undefined
}

/**
 * The lock of a folder, which is made, as soon as nobody else has it.
 *
 * @throws FolderInUse when its holder does nothing any more; what aborts `signal`.
 */
export async function turn(folder: string, { growing, patience, on, signal }: Turn): Promise<Lock> {
  await mkdir(folder, { recursive: true })
  const real = await realpath(folder)
  let waited = false
  let [length, since] = [-1, Date.now()]
  for (;;) {
    try {
      return await takeLock(real, CACHE_SETTING)
    } catch (cause) {
      if (!(cause instanceof FolderInUse)) throw cause
      if (!waited) on(`Waiting for ${cause.holder}, which downloads it. ${cause.remedy}.`)
      waited = true
      const now = await stat(growing).then(
        ({ size }) => size,
        () => 0,
      )
      if (now !== length) [length, since] = [now, Date.now()]
      else if (Date.now() - since > patience) throw cause
    }
    await setTimeout(200, undefined, signal ? { signal } : {})
  }
}
