import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { AdvxError, expected } from '../errors.ts'
import { outputError } from './file-error.ts'
import { EXTENSIONS, hasPictureExtension } from './format.ts'
import { expandGlob, isGlob, parseGlob } from './glob.ts'
import { fold } from './output-names.ts'
import { holdsOurPlan } from './plan-file.ts'
import { type Found, type Skips, walk } from './walk.ts'

/** A picture to attack. */
export interface Source {
  /** Absolute. */
  readonly path: string
  /** Below its root, `/` separated; with several roots their names come first. */
  readonly name: string
  /** Name of the folder that it lies in, which may be its class; null at the root of a file system. */
  readonly folder: string | null
}

/** What one argument names, all below its root. */
interface Input {
  readonly root: string
  readonly files: readonly string[]
  readonly folders: readonly string[]
}

/**
 * The pictures that folders, files and globs name, by code unit of their names, each file once. Folders are walked:
 * pictures go by their extension, and the out folder and folders of earlier results are passed by. A file that is named
 * is taken whatever its extension. The root of a file is its folder, of a glob the folder before its first wildcard.
 * @param out the folder that the results will go to, or null
 * @returns the sources, and notes on what was left out
 * @throws AdvxError 'usage' for a path that is not there or the out folder as input, 'picture' where no picture is found
 */
export async function findSources(
  inputs: readonly string[],
  { out = null }: { out?: string | null } = {},
): Promise<{ sources: Source[]; notes: string[] }> {
  const notes: string[] = []
  const outReal = out === null ? null : await realpath(out).catch(() => null)
  const skips = resultFolders(outReal, notes)
  const read = await Promise.all(inputs.map(input => readInput(input, outReal, skips)))
  if (outReal !== null && out !== null) await refusePictures(out, outReal)
  const prefixes = rootNames(read.map(({ root }) => root))
  const nameOf = ({ root }: Input, path: string): string =>
    [prefixes.get(root)!, ...relative(root, path).split(sep)].filter(part => part !== '').join('/')
  const starts = await eachPath(read, 'folders', async (input, path) => {
    return { path, name: nameOf(input, path), real: await realpath(path) }
  })
  // By the real folder but its own name: two links to one file are two pictures.
  const named = await eachPath(read, 'files', async (input, path) => {
    return { path, name: nameOf(input, path), real: join(await realpath(dirname(path)), basename(path)) }
  })
  const pictures = new Map<string, Found>()
  for (const found of [...(await walk(starts, skips, notes)), ...named])
    if (!pictures.has(found.real)) pictures.set(found.real, found)
  if (pictures.size === 0) throw nothingFound(inputs, notes)
  const sources = [...pictures.values()].map(({ path, name }) => ({
    path,
    name,
    folder: basename(dirname(path)) || null,
  }))
  return { sources: sources.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)), notes }
}

/**
 * An out folder with pictures of the user's would be passed by with them: a class would be missing, unsaid.
 *
 * @throws AdvxError 'output' when it is no folder.
 */
async function refusePictures(out: string, real: string): Promise<void> {
  if (await holdsOurPlan(real)) return
  const names = await readdir(real).catch(cause => {
    throw outputError(cause, `in the folder '${out}'`)
  })
  const picture = names.find(hasPictureExtension)
  if (picture)
    throw expected('usage', 'a folder without pictures', '--out', out, `It holds '${picture}': choose another.`)
}

const eachPath = (
  inputs: readonly Input[],
  kind: 'files' | 'folders',
  found: (input: Input, path: string) => Promise<Found>,
) => Promise.all(inputs.flatMap(input => input[kind].map(path => found(input, path))))

async function readInput(input: string, out: string | null, skips: Skips): Promise<Input> {
  const path = resolve(input)
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory()) {
    await refuseResults(path, out)
    return { root: path, files: [], folders: [path] }
  }
  if (found) return { root: dirname(path), files: [path], folders: [] }
  if (!isGlob(input))
    throw expected('usage', 'a folder, a picture or a glob', '<images...>', input, 'There is no such path.')
  const glob = parseGlob(input)
  const root = resolve(glob.base)
  if (await stat(root).catch(() => null)) await refuseResults(root, out)
  const matches = (await expandGlob({ ...glob, base: root }, skips)).sort()
  const kinds = await Promise.all(matches.map(path => stat(path).catch(() => null)))
  const folders = matches.filter((_, i) => kinds[i]?.isDirectory())
  // `*.jfif` asks for those files; `photos/*` for the pictures among them.
  const spelled = /\.[^*?{}./]+$/.test(input)
  const files = matches.filter((path, i) => !kinds[i]?.isDirectory() && (spelled || hasPictureExtension(path)))
  if (matches.length === 0) throw expected('usage', 'files', 'the glob', input, `Nothing below '${glob.base}' matches.`)
  return { root, files, folders }
}

/** Passes by the out folder, and with a note folders that hold a plan of ours. */
function resultFolders(out: string | null, notes: string[]): Skips {
  const noted = new Set<string>()
  return async ({ path, real }) => {
    if (real === out) return true
    if (!(await holdsOurPlan(path))) return false
    if (!noted.has(real)) notes.push(`Skipped: '${path}', results of an earlier run.`)
    noted.add(real)
    return true
  }
}

/** A folder of results as the input itself is a slip: the pictures in it are already perturbed. */
async function refuseResults(folder: string, out: string | null): Promise<void> {
  if ((await realpath(folder)) === out) {
    const hint = 'Choose another --out: results there would be the next input.'
    throw expected('usage', 'an --out folder other than that of the pictures', '--out', folder, hint)
  }
  if (await holdsOurPlan(folder)) {
    const hint = `It holds results; to attack those pictures name a folder below it, such as '${join(folder, 'clean')}'.`
    throw expected('usage', 'a folder of pictures', '<images...>', folder, hint)
  }
}

/** What names begin with: nothing for a single root, else its folder's name, numbered where two have the same. */
function rootNames(roots: readonly string[]): Map<string, string> {
  const distinct = [...new Set(roots)]
  if (distinct.length === 1) return new Map([[distinct[0], '']])
  const own = distinct.map(root => basename(root) || 'root')
  const taken = new Set<string>()
  return new Map(
    distinct.map((root, i) => {
      const free = (name: string): boolean => !taken.has(fold(name))
      const others = new Set(own.map(fold))
      let name = own[i]
      for (let n = 2; !free(name); n++) {
        const numbered = `${own[i]}-${n}`
        if (!others.has(fold(numbered))) name = numbered
      }
      taken.add(fold(name))
      return [root, name]
    }),
  )
}

function nothingFound(inputs: readonly string[], notes: readonly string[]): AdvxError {
  const where = inputs.map(input => `'${input}'`).join(', ') || 'no path at all'
  const looked = `Found no picture (${EXTENSIONS.map(e => `.${e}`).join(' ')}) in ${where}.`
  return new AdvxError(
    inputs.length > 0 ? 'picture' : 'usage',
    [looked, ...notes, 'Check the path, or name the files themselves.'].join(' '),
  )
}
