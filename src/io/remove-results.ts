import { readFile, realpath, rmdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { withoutExtension } from './format.ts'
import { parseLine } from './json-lines.ts'
import { isWithin } from './walk.ts'

/** What a run writes for readers, beside `results.jsonl`. */
export const REPORTS = ['report.json', 'report.html', 'report.md', 'report.csv']

/**
 * Removes what a folder's `results.jsonl` names: the pictures with their clean ones, then the reports, itself and last
 * the plan, so that a run that is interrupted here still finds the folder to be ours; then folders that are left empty.
 * Everything else stays.
 * @param folder an out folder of ours, its real path
 */
export async function removeResults(folder: string): Promise<void> {
  const pictures = new Set((await readLines(join(folder, 'results.jsonl'))).flatMap(picturesOf))
  const folders = new Set<string>()
  for (const name of pictures) {
    const path = join(folder, name)
    if (await leadsInside(path, folder)) {
      await removeFile(path)
      for (let above = dirname(path); above !== folder; above = dirname(above)) folders.add(above)
    }
  }
  for (const name of [...REPORTS, 'results.jsonl', 'plan.json']) await removeFile(join(folder, name))
  // The deepest first; one that is not empty, or is a link, stays.
  for (const path of [...folders].sort((a, b) => b.length - a.length)) await rmdir(path).catch(() => {})
}

async function readLines(path: string): Promise<object[]> {
  const bytes = await readFile(path).catch(() => new Uint8Array())
  const lines: object[] = []
  for (let start = 0, end = bytes.indexOf(10); end >= 0; start = end + 1, end = bytes.indexOf(10, start)) {
    const line = parseLine(bytes.subarray(start, end))
    if (line) lines.push(line)
  }
  return lines
}

/**
 * The paths that a line stands for: `pgd/bag/1.png` and `clean/bag/1.png`; where no perturbed picture was written the
 * clean one has the picture's name, with or without its extension.
 */
function picturesOf(line: object): string[] {
  const { file, image } = line as { file?: unknown; image?: unknown }
  const written = typeof file === 'string' ? [file, `clean/${file.split('/').slice(1).join('/')}`] : []
  const clean = typeof image === 'string' ? [`clean/${withoutExtension(image)}.png`, `clean/${image}.png`] : []
  return [...written, ...clean].filter(isBelow)
}

/** A relative path to a PNG file in a subfolder, without a step up; anything else was not written by us. */
const isBelow = (path: string): boolean =>
  /^[^/\\].*\/[^/]*\.png$/s.test(path) &&
  !path.includes('\0') &&
  !path.split(/[\\/]/).some(s => ['', '.', '..'].includes(s))

/** False where a link on the way leads out of the folder, or there is nothing. */
async function leadsInside(path: string, folder: string): Promise<boolean> {
  const real = await realpath(dirname(path)).catch(() => null)
  return real !== null && isWithin(join(real, basename(path)), folder)
}

async function removeFile(path: string): Promise<void> {
  await unlink(path).catch(cause => {
    if (!['ENOENT', 'EISDIR'].includes(cause.code)) throw cause
  })
}
