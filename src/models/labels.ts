import { AdvxError, expected } from '../errors.ts'
import { resolveClass } from './class-names.ts'
import { parseCsv, type Row } from './csv.ts'
import { readText } from './settings.ts'

/** The labels in a file, by a picture's path below its root with '/' between folders. */
export const readLabels = async (path: string, classes: readonly string[]): Promise<ReadonlyMap<string, number>> =>
  parseLabels(await readText(path, 'usage'), classes, path)

/**
 * Rows of image and label, where a label is a class name or index. The first may be a header, such as `image,label`.
 * Throws usage errors with the line: other columns, unknown classes, pictures that come twice, paths that leave the
 * folder.
 */
export function parseLabels(text: string, classes: readonly string[], subject = 'labels'): ReadonlyMap<string, number> {
  return new Map(
    labelRows(text, subject).map(({ image, label, where }) => [image, resolveClass(label, classes, where)]),
  )
}

/** A row of such a file as it stands; `where` names it in messages. */
export interface LabelRow {
  readonly image: string
  readonly label: string
  readonly where: string
}

/** The rows of image and label. Throws usage errors as `parseLabels` does. */
export function labelRows(text: string, subject = 'labels'): LabelRow[] {
  const rows = parseCsv(text.replace(/^\uFEFF/, ''), subject)
  const lines = new Map<string, number>()
  return rows.slice(isHeader(rows[0]) ? 1 : 0).map(row => {
    const where = `line ${row.line} of ${subject}`
    if (row.cells.length !== 2)
      throw expected('usage', 'two columns, image and label,', where, `${row.cells.length} of them`)
    const [path, label] = row.cells.map(cell => cell.trim())
    const image = pathBelow(path, where)
    const before = lines.get(image)
    if (before !== undefined)
      throw new AdvxError(
        'usage',
        `Line ${row.line} of ${subject} gives '${image}' a label, but line ${before} did already.`,
      )
    lines.set(image, row.line)
    return { image, label, where }
  })
}

/** What people call the two columns. */
const HEADER =
  /^(image|file|path|picture|img)([ _]?(name|path|file|id))?,(label|class|category|target)([ _]?(name|id|index))?$/i

const isHeader = (row: Row | undefined): boolean => HEADER.test(row?.cells.map(cell => cell.trim()).join(',') ?? '')

function pathBelow(path: string, where: string): string {
  const parts = path.split('/').filter(part => part !== '.')
  if (path !== '' && !/^([a-z]:)?[/\\]/i.test(path) && !parts.includes('..') && !parts.includes(''))
    return parts.join('/')
  const hint = "It is the picture's path below the folder that is attacked, such as bag/0007.png."
  throw expected('usage', 'a path below a folder', where, path, hint)
}
