import { readdir } from 'node:fs/promises'
import { expected } from '../errors.ts'
import { findSources } from '../io/sources.ts'
import type { Wanted } from './data.ts'
import { readFiles } from './picture-files.ts'
import type { Pictures } from './pictures.ts'

/** The pictures below a folder, whose own folders are the classes: `<class>/…`. */
export async function readFolder(folder: string, wanted: Wanted): Promise<Pictures> {
  const { sources } = await findSources([folder])
  const loose = sources.find(({ name }) => !name.includes('/'))
  if (loose) {
    const hint = 'Put it into the folder of its class, or give a .csv file of image,label as <data>.'
    throw expected('usage', 'one folder for each class', folder, loose.name, hint)
  }
  const present = (await readdir(folder, { withFileTypes: true }))
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
  const classes = wanted.classes ?? present.sort(inOrder)
  const foreign = present.find(name => !classes.includes(name))
  if (foreign !== undefined)
    throw expected('usage', 'folders that are among the classes', folder, foreign, 'Rename it, or leave it out.')
  const index = new Map(classes.map((name, i) => [name, i]))
  const files = sources.map(({ path, name }) => ({ path, name, label: index.get(name.slice(0, name.indexOf('/')))! }))
  const counts = classes.map((_, i) => files.filter(({ label }) => label === i).length)
  const empty = counts.indexOf(0)
  if (empty >= 0)
    throw expected('usage', 'pictures', `the class '${classes[empty]}'`, 'none', 'Add some, or remove its folder.')
  return readFiles(files, classes, wanted)
}

/** By number where both are one, else by code unit. */
export const inOrder = (a: string, b: string): number =>
  /^\d+$/.test(a) && /^\d+$/.test(b) ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0
