import { open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AdvxError, Interrupted } from '../errors.ts'
import { outputError } from '../io/file-error.ts'
import type { Lock } from '../io/lock.ts'
import { renameSynced, writeFileAtomic } from '../io/write-file.ts'
import { fileHash } from '../models/file-hash.ts'
import { CACHE_SETTING } from '../models/registry/cache-folder.ts'
import { cachePlace, companions } from '../models/registry/cached-model.ts'
import type { RegisteredModel } from '../models/registry/registry.ts'
import { foreign } from './foreign.ts'
import { transfer, WrongFile } from './transfer.ts'
import { turn } from './turn.ts'

export interface PullOptions {
  readonly signal?: AbortSignal
  /** Milliseconds without a byte after which a download is given up. Default: 30 s. */
  readonly patience?: number
  on?(event: PullEvent): void
}
export type PullEvent =
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'progress'; readonly done: number; readonly total: number }

export interface Pulled {
  readonly path: string
  /** False: it was there. */
  readonly downloaded: boolean
}

/**
 * Brings a model into the cache. Its file gets its name only when length and sha256 are those of the registry; what was
 * downloaded before an interruption is gone on from. One process at a time downloads a model: others wait for it.
 *
 * @throws AdvxError 'model' when it cannot be had, 'output' when the cache cannot be written; Interrupted by `signal`.
 */
export async function pull(model: RegisteredModel, options: PullOptions = {}): Promise<Pulled> {
  const { on = () => {}, signal, patience = 30_000 } = options
  const { folder, file, partial } = cachePlace(model)
  let lock: Lock | undefined
  try {
    const waiting = (message: string): void => on({ type: 'note', message })
    lock = await turn(folder, { growing: partial, patience: 2 * patience, on: waiting, signal })
    const found = await soundness(file, model)
    if (found === 'changed') on({ type: 'note', message: `${file} is not what it was: it is downloaded anew.` })
    await writeCompanions(model, folder)
    if (found === 'whole') return { path: file, downloaded: false }
    const progress = (done: number): void => on({ type: 'progress', done, total: model.bytes })
    await transfer({ url: model.url, path: partial, bytes: model.bytes, on: progress, signal, patience })
    await check(partial, model)
    await renameSynced(partial, file)
    return { path: file, downloaded: true }
  } catch (cause) {
    if (signal?.aborted) throw new Interrupted()
    if (cause instanceof WrongFile) await rm(partial, { force: true })
    throw named(outputError(cause, `in '${folder}'`, CACHE_SETTING), model)
  } finally {
    await lock?.release()
  }
}

async function soundness(file: string, { bytes, sha256 }: RegisteredModel): Promise<'none' | 'whole' | 'changed'> {
  const found = await stat(file).catch(() => null)
  if (!found) return 'none'
  return found.size === bytes && (await fileHash(file)) === sha256 ? 'whole' : 'changed'
}

async function writeCompanions(model: RegisteredModel, folder: string): Promise<void> {
  for (const [name, text] of await companions(model)) {
    const path = join(folder, name)
    if ((await readFile(path, 'utf8').catch(() => null)) !== text) await writeFileAtomic(path, text, CACHE_SETTING)
  }
}

/** @throws WrongFile unless the file is the one of the registry. */
async function check(path: string, { sha256 }: RegisteredModel): Promise<void> {
  const got = await fileHash(path)
  if (got === sha256) return
  const handle = await open(path)
  const { buffer } = await handle.read(Buffer.alloc(2048), 0, 2048, 0).finally(() => handle.close())
  const what = foreign(buffer)
  throw new WrongFile(
    'model',
    what
      ? `Expected a model but got ${what}.`
      : `Expected the sha256 ${sha256} but got ${got}: it is another file, or was damaged on its way. It was deleted; try again.`,
  )
}

function named(cause: unknown, { name }: RegisteredModel): unknown {
  if (!(cause instanceof AdvxError)) return cause
  return new AdvxError(cause.fault, `${name}: ${cause.message}`, { cause })
}
