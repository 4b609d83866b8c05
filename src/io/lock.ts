import { open, readFile, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { AdvxError } from '../errors.ts'
import { outputError } from './file-error.ts'

/** The right to write in a folder. */
export interface Lock {
  /** Whether a run that was killed held it before. */
  readonly afterKill: boolean
  release(): Promise<void>
}

/** Another process holds the lock of a folder. */
export class FolderInUse extends AdvxError {
  override name = 'FolderInUse'
  /** `process 12`, `process 12 on 'host'`. */
  readonly holder: string
  /** What to do about one that never ends. */
  readonly remedy: string

  constructor(folder: string, holder: string, remedy: string, setting: string) {
    super('usage', `'${folder}' is in use by ${holder}. ${remedy}, or choose another ${setting}.`)
    this.holder = holder
    this.remedy = remedy
  }
}

interface Holder {
  readonly pid: number
  readonly host: string
}

/** Folders that this process holds. A lock with its number is another's: in a container that starts again it often is. */
const held = new Set<string>()

/**
 * Takes the one lock of a folder, the file `.lock`, which names its holder. That of a dead process of this host is taken
 * over; whether one of another host lives cannot be known.
 * @param folder its real path
 * @param setting what chooses the folder, for messages
 * @throws FolderInUse when another run holds it, AdvxError 'output' when it cannot be written
 */
export async function takeLock(folder: string, setting = '--out'): Promise<Lock> {
  const path = join(folder, '.lock')
  if (held.has(folder)) throw inUse(folder, path, { pid: process.pid, host: hostname() }, setting)
  held.add(folder)
  try {
    let afterKill = false
    while (!(await create(path, setting))) afterKill = (await removeDead(folder, path, setting)) || afterKill
    const release = async (): Promise<void> => {
      await rm(path, { force: true })
      held.delete(folder)
    }
    return { afterKill, release }
  } catch (cause) {
    held.delete(folder)
    throw cause
  }
}

/** Makes way for a new lock where the holder of this one is dead; says whether it was. */
async function removeDead(folder: string, path: string, setting: string): Promise<boolean> {
  const text = await readHolder(path, setting)
  if (text === null) return false
  const holder = parseHolder(text)
  if (holder && (await isAlive(holder))) throw inUse(folder, path, holder, setting)
  return await takeAway(path, text, setting)
}

/** Makes a file that names this process, unless there is one; says whether it did. */
async function create(path: string, setting: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx')
    try {
      await handle.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }))
    } catch (cause) {
      await rm(path, { force: true })
      throw cause
    } finally {
      await handle.close()
    }
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw outputError(cause, `'${path}'`, setting)
  }
}

/** What the lock says; null when it has just been released. A holder that is only now writing gets a moment. */
async function readHolder(path: string, setting: string): Promise<string | null> {
  for (let tries = 0; ; tries++) {
    const text = await readFile(path, 'utf8').catch(cause => {
      if (cause.code === 'ENOENT') return null
      throw outputError(cause, `'${path}'`, setting)
    })
    if (text === null || parseHolder(text) || tries === 5) return text
    await setTimeout(50)
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const { pid, host } = JSON.parse(text)
    return Number.isSafeInteger(pid) && pid > 0 && typeof host === 'string' ? { pid, host } : null
  } catch {
    return null
  }
}

async function isAlive({ pid, host }: Holder): Promise<boolean> {
  if (host !== hostname()) return true
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
  // A killed process whose parent has not asked for its end yet still has its number, in state Z (Linux).
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return !/\) [ZX] [^)]*$/.test(status)
}

/**
 * Removes a dead holder's lock. One process at a time, which looks again before: else the second of two that saw the
 * dead one would remove the first one's own.
 */
async function takeAway(path: string, dead: string, setting: string): Promise<boolean> {
  const guard = `${path}-takeover`
  if (!(await create(guard, setting))) {
    await setTimeout(20)
    // Held for a moment only, unless that process was killed, too.
    const since = await stat(guard).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    )
    if (Date.now() - since > 5000) await rm(guard, { force: true })
    return false
  }
  try {
    if ((await readFile(path, 'utf8').catch(() => null)) !== dead) return false
    await rm(path, { force: true })
    return true
  } finally {
    await rm(guard, { force: true })
  }
}

function inUse(folder: string, path: string, { pid, host }: Holder, setting: string): FolderInUse {
  const here = host === hostname()
  const holder = `process ${pid}${here ? '' : ` on '${host}'`}`
  const remedy = here ? 'Wait for it or end it' : `If it no longer runs, delete '${path}'`
  return new FolderInUse(folder, holder, remedy, setting)
}
