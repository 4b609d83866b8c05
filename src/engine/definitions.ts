import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { basename, extname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AdvxError, expected, suggest } from '../errors.ts'
import { brokenLine, foreignFault, OWN, titled } from './foreign-fault.ts'

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
  if (name === 'clean')
    throw expected('usage', "another file name: the folder 'clean' is taken", namedBy(kind), path, 'Rename it.')
  if (!/^[\w][\w.@-]*$/.test(name))
    throw expected(
      'usage',
      "a file name of letters, digits, '-' and '_' (it names the results' folder)",
      namedBy(kind),
      path,
    )
  resolveAdvx()
  file.search = OWN + kind.word // for the hook: this file is a module, whatever the package.json above it says
  return load(kind, name, file, source)
}

async function load<T>(kind: Kind<T>, name: string, file: URL, source: string): Promise<Named<T>> {
  const { word } = kind
  const text = await readFile(file, 'utf8').catch(cause => {
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
    module = await (file.search ? settled(import(file.href)) : import(file.href))
  } catch (cause) {
    const line = cause instanceof SyntaxError ? brokenLine(text) : null
    const where = line === null ? '' : ` (${fileURLToPath(file)}, line ${line})`
    throw foreignFault(`${titled(word)} '${name}' cannot be loaded${where}`, cause)
  }
  if (!kind.is(module.default))
    throw expected('usage', `export default ${word}({ … })`, `the file of ${word} '${name}'`, 'something else')
  const sha256 = createHash('sha256').update(text).digest('hex')
  return { name, definition: kind.checked(module.default!), source, sha256 }
}

/** What a file exports, unless its top level waits for something that never comes: then Node has nothing left to do. */
async function settled<T>(loading: Promise<T>): Promise<T> {
  let idle = (): void => {}
  const never = new Promise<never>((_, reject) => {
    idle = () => reject(new Error('its top level waits for something that never comes'))
  })
  process.once('beforeExit', idle)
  try {
    return await Promise.race([loading, never])
  } finally {
    process.off('beforeExit', idle)
  }
}

let hooked = false
/** A file outside the package imports 'advx' too, and gets this copy of the core, never a second one. */
function resolveAdvx(): void {
  if (hooked || !import.meta.url.endsWith('.js')) return
  hooked = true
  const core = new URL('../index.js', import.meta.url).href
  register('../engine/resolve-hook.js', import.meta.url, { data: { core, own: OWN } })
}
