import { expected } from '../errors.ts'
import { outputNames } from '../io/output-names.ts'
import type { Source } from '../io/sources.ts'
import { findClass } from '../models/class-names.ts'
import type { LabelFrom } from './options.ts'

/** A picture of the run: where it comes from, where it goes, what it shows. */
export interface Item {
  readonly source: Source
  /** Path below `clean/` and below each attack's folder. */
  readonly output: string
  /** Null: what the model says. */
  readonly label: number | null
  readonly labelFrom: LabelFrom
}

/** The pictures with their places and labels: a CSV file's, else their folder's where it is a class, else none. */
export function itemsOf(
  sources: readonly Source[],
  csv: ReadonlyMap<string, number> | null,
  classes: readonly string[],
): { items: Item[]; notes: string[] } {
  const outputs = outputNames(sources.map(s => s.name))
  const folders = new Map<string, number | undefined>()
  const known = (folder: string): number | undefined => {
    if (!folders.has(folder)) folders.set(folder, classOfFolder(folder, classes))
    return folders.get(folder)
  }
  const items = sources.map((source, i): Item => {
    const given = csv?.get(source.name)
    if (given !== undefined) return { source, output: outputs[i], label: given, labelFrom: 'csv' }
    const k = source.folder === null ? undefined : known(source.folder)
    return { source, output: outputs[i], label: k ?? null, labelFrom: k === undefined ? 'prediction' : 'folder' }
  })
  const notes: string[] = []
  const unlabelled = items.filter(item => item.label === null).length
  if (unlabelled > 0)
    notes.push(
      `${unlabelled} of ${items.length} pictures have no label (no entry in a CSV file, and their folder is no class): the model's own prediction is attacked, and clean accuracy leaves them out.`,
    )
  const names = new Set(sources.map(s => s.name))
  if (csv && csv.size > 0 && ![...csv.keys()].some(name => names.has(name)))
    throw expected(
      'usage',
      `labels for the pictures, such as '${sources[0].name}',`,
      '--labels',
      [...csv.keys()][0],
      'Paths are below the folder that is attacked; with several folders, their names come first.',
    )
  const unused = csv ? [...csv.keys()].filter(name => !names.has(name)) : []
  if (unused.length > 0)
    notes.push(`${unused.length} labels are for pictures that are not there, such as '${unused[0]}'.`)
  return { items, notes }
}

/** The class that a folder's name is, by name or index. */
function classOfFolder(folder: string, classes: readonly string[]): number | undefined {
  const found = findClass(folder, classes)
  if (found.length < 2) return found[0]
  const hint = 'Name the folder by the index, or give --labels.'
  throw expected(
    'usage',
    'a folder that names one class',
    'the label',
    folder,
    `Classes ${found.join(', ')} have that name. ${hint}`,
  )
}
