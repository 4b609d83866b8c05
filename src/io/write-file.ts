import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { outputError } from './file-error.ts'

let written = 0

/** Names of files that were being written when a run was killed; nobody reads them. */
export const UNFINISHED = /^\.advx-\d+-\d+\.tmp$/

/** What a file is written from; pieces of text come one after the other, none waits for the rest. */
export type Contents = Uint8Array | string | Iterable<string>

/**
 * Writes a file so that its name never shows half of it, also after a power cut: a temporary name in the same folder,
 * fsync, rename, fsync of the folder. Makes the folders above; leaves nothing behind when it fails.
 * `setting`: what chooses the folder, for messages.
 * @throws AdvxError 'output'
 */
export async function writeFileAtomic(path: string, bytes: Contents, setting?: string): Promise<void> {
  const folder = dirname(path)
  const unfinished = join(folder, `.advx-${process.pid}-${++written}.tmp`)
  try {
    await mkdir(folder, { recursive: true })
    try {
      await writeSynced(unfinished, bytes)
      await renameSynced(unfinished, path)
    } catch (cause) {
      await rm(unfinished, { force: true })
      throw cause
    }
  } catch (cause) {
    throw outputError(cause, `'${path}'`, setting)
  }
}

/** Gives a file another name in its folder, to last through a power cut. */
export async function renameSynced(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncFolder(dirname(to))
}

async function writeSynced(path: string, bytes: Contents): Promise<void> {
  const handle = await open(path, 'w')
  try {
    await writeFile(handle, bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a rename last. Windows and some network file systems cannot open or sync a folder; there the rename has to do. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder)
    await handle.sync().finally(() => handle.close())
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF'].includes(code ?? '')) throw cause
  }
}
