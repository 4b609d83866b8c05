import { tmpdir } from 'node:os'
import { AdvxError } from '../errors.ts'

/**
 * Work that writes in the system's folder of temporary files.
 *
 * @throws AdvxError 'output' that names the folder and what chooses it, where the file system refuses.
 */
export async function inTemporary<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = tmpdir()
  try {
    return await work(folder)
  } catch (error) {
    const code = codeOf(error) ?? codeOf((error as Error).cause)
    if (code === null) throw error
    const what = `Cannot write temporary files in '${folder}' (${code}).`
    throw new AdvxError('output', `${what} Set TMPDIR to a folder that can be written and has room.`, { cause: error })
  }
}

/** ENOENT, ENOSPC, …: what the system said; null: it said nothing. */
function codeOf(error: unknown): string | null {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? code : null
}
