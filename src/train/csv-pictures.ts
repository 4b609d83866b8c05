import { dirname, join } from 'node:path'
import { expected } from '../errors.ts'
import { resolveClass } from '../models/class-names.ts'
import { labelRows } from '../models/labels.ts'
import { readText } from '../models/settings.ts'
import type { Wanted } from './data.ts'
import { inOrder } from './folder-pictures.ts'
import { readFiles } from './picture-files.ts'
import type { Pictures } from './pictures.ts'

/** The pictures that a CSV file of image,label names, below the file's folder. */
export async function readTable(path: string, wanted: Wanted): Promise<Pictures> {
  const rows = labelRows(await readText(path, 'usage'), path)
  if (rows.length === 0) throw expected('usage', 'lines of image,label', path, 'none')
  const classes = wanted.classes ?? [...new Set(rows.map(({ label }) => label))].sort(inOrder)
  const files = rows.map(({ image, label, where }) => ({
    path: join(dirname(path), image),
    name: image,
    label: resolveClass(label, classes, where),
  }))
  const without = classes.findIndex((_, i) => !files.some(({ label }) => label === i))
  if (without >= 0) throw expected('usage', 'pictures', `the class '${classes[without]}'`, 'none')
  return readFiles(files, classes, wanted)
}
