import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from '@jest/globals'

const made: string[] = []
afterAll(async () => {
  await Promise.all(made.map(path => rm(path, { recursive: true, force: true })))
})

/** A folder that is gone after the tests, with files in it; its real path. */
export async function folderOf(files: Record<string, string | Uint8Array> = {}): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'advx-io-')))
  made.push(path)
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), content)
  }
  return path
}

/** Permissions do not bind root, so tests of them have nothing to see there. */
export const mayTestPermissions = (): boolean => {
  const bound = process.getuid?.() !== 0 && process.platform !== 'win32'
  if (!bound) console.log('Skipped: permissions do not bind this user.')
  return bound
}
