import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { basename, extname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AdvxError, expected, suggest } from '../errors.ts'

/** What a folder of definitions holds, each file's default export one of them. */
export interface Kind<T> {
  /** The word for one, whose plural is the folder. */
  readonly word: 'attack' | 'defense'
  /** Whether a default export is one. */
  readonly is: (value: unknown) => boolean
  /** Says what is wrong with one. */
  readonly checked: (value: T) => T
}

/** A definition and where it comes from. */
export interface Named<T> {
  readonly name: string
  readonly definition: T
  /** What finds it again, from any folder. */
  readonly source: string
  readonly sha256: string
}

const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.')) // .ts from source, .js when built

/** The folder is the registry: attacks/pgd.ts is the attack `pgd`. */
const folderOf = (word: string): URL => new URL(`../../${word}s/`, import.meta.url)

export async function namesOf({ word }: Pick<Kind<never>, 'word'>): Promise<string[]> {
  const files = await readdir(folderOf(word))
  return files
    .filter(f => f.endsWith(extension) && !f.endsWith('.d.ts'))
    .map(f => f.slice(0, -extension.length))
    .sort()
}

/** Whether a name is the path of a file. */
export const isPath = (name: string): boolean => /[\\/]|\.[cm]?[jt]s$/.test(name)

/** One of ours by its name, or anybody's by the path of its file. */
export async function loadNamed<T>(kind: Kind<T>, name: string): Promise<Named<T>> {
  if (isPath(name)) return loadFile(kind, name)
  const names = await namesOf(kind)
  if (!names.includes(name)) {
    const hint = `${suggest(name, names)} A file of yours is given by its path: ./${name}.js`.trim()
    throw expected('usage', `${article(kind)} (${names.join(', ')})`, namedBy(kind), name, hint)
  }
  return load(kind, name, new URL(name + extension, folderOf(kind.word)), name)
}

/** What names one on a command line. */
const namedBy = ({ word }: Pick<Kind<never>, 'word'>): string => (word === 'attack' ? '--attack' : '<method>')
const article = ({ word }: Pick<Kind<never>, 'word'>): string => (word === 'attack' ? 'an attack' : 'a defense')

async function loadFile<T>(kind: Kind<T>, path: string): Promise<Named<T>> {
  const source = resolve(path)
  const file = pathToFileURL(source)
  if (extname(path) === '.ts')
    throw expected('usage', 'a JavaScript file', namedBy(kind), path, 'Compile it first: npx tsc, or esbuild.')
  const name = basename(path, extname(path))
  if (!/^[\w][\w.@-]*$/.test(name) || name === 'clean')
    throw expected(
      'usage',
      "a file name of letters, digits, '-' and '_' (it names the results' folder)",
      namedBy(kind),
      path,
    )
  resolveAdvx()
  file.search = OWN // for the hook: this file is a module, whatever the package.json above it says
  return load(kind, name, file, source)
}

const OWN = '?advx-attack'

async function load<T>(kind: Kind<T>, name: string, file: URL, source: string): Promise<Named<T>> {
  const { word } = kind
  const text = await readFile(file).catch(cause => {
    throw new AdvxError(
      'usage',
      `No ${word} file '${fileURLToPath(file)}' (${(cause as NodeJS.ErrnoException).code})`,
      {
        cause,
      },
    )
  })
  let module: { default?: T }
  try {
    module = await import(file.href)
  } catch (cause) {
    const title = word === 'attack' ? 'Attack' : 'Defense'
    throw new AdvxError('usage', `${title} '${name}' cannot be loaded: ${(cause as Error).message}`, { cause })
  }
  if (!kind.is(module.default))
    throw expected('usage', `export default ${word}({ … })`, `the file of ${word} '${name}'`, 'something else')
  const sha256 = createHash('sha256').update(text).digest('hex')
  return { name, definition: kind.checked(module.default!), source, sha256 }
}

let hooked = false
/** A file outside the package imports 'advx' too, and gets this copy of the core, never a second one. */
function resolveAdvx(): void {
  if (hooked || !import.meta.url.endsWith('.js')) return
  hooked = true
  const core = new URL('../index.js', import.meta.url).href
  register('../engine/resolve-hook.js', import.meta.url, { data: { core, own: OWN } })
}
