import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import { hasPictureExtension } from './format.ts'

/** A file or folder, its name below the root that it was found from ('/' separated), and its one real path. */
export interface Found {
  readonly path: string
  readonly name: string
  readonly real: string
}

/** Folders that are not looked into. */
export type Skips = (folder: { path: string; real: string }) => Promise<boolean>

/**
 * Pictures below folders, each folder once, by its real path; hidden files and folders are left out. Links are followed
 * after all folders that are none, so that a picture is known by its own path; a link to a folder above is not.
 * @param notes gets a line for each folder that could not be walked
 */
export async function walk(starts: readonly Found[], skips: Skips, notes: string[]): Promise<Found[]> {
  const found: Found[] = []
  const folders = [...starts]
  const links: Found[] = []
  const seen = new Set<string>()
  for (let next = folders.shift(); next; next = folders.shift() ?? links.shift()) {
    const { path, name, real } = next
    if (seen.has(real) || (await skips(next))) continue
    seen.add(real)
    for (const entry of await list(path, notes)) {
      const below = { path: join(path, entry.name), name: name ? `${name}/${entry.name}` : entry.name }
      const kind = await kindOf(entry, below.path)
      if (kind === 'file' && hasPictureExtension(entry.name)) found.push({ ...below, real: join(real, entry.name) })
      else if (kind === 'folder') folders.push({ ...below, real: join(real, entry.name) })
      else if (kind === 'link') {
        const target = await realpath(below.path)
        if (!isWithin(real, target)) links.push({ ...below, real: target })
        else notes.push(`Not followed: '${below.path}', a link to a folder above it.`)
      }
    }
  }
  return found
}

/** Whether a path lies in a folder or is it; both absolute. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (!isAbsolute(way) && way.split(/[\\/]/)[0] !== '..')
}

async function list(folder: string, notes: string[]): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter(({ name }) => !name.startsWith('.'))
  } catch (cause) {
    notes.push(`Not read: '${folder}' (${(cause as NodeJS.ErrnoException).code}).`)
    return []
  }
}

/** A link that leads nowhere counts as a file: a picture that cannot be read is reported, not passed over. */
async function kindOf(entry: Dirent, path: string): Promise<'file' | 'folder' | 'link' | null> {
  if (entry.isDirectory()) return 'folder'
  if (entry.isFile()) return 'file'
  if (!entry.isSymbolicLink()) return null
  const target = await stat(path).catch(() => null)
  return target?.isDirectory() ? 'link' : !target || target.isFile() ? 'file' : null
}
