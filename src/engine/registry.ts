import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { basename, extname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Attack, attack as checked } from '../attack.ts'
import { AdvxError, expected, suggest } from '../errors.ts'

/** An attack and where it comes from. */
export interface NamedAttack {
  readonly name: string
  readonly attack: Attack
  /** What loadAttack() takes to find it again, from any folder. */
  readonly source: string
  readonly sha256: string
}

// The folder is the registry: attacks/pgd.ts is the attack `pgd`.
const folder = new URL('../../attacks/', import.meta.url)
const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.')) // .ts from source, .js when built

export async function attackNames(): Promise<string[]> {
  const files = await readdir(folder)
  return files
    .filter(f => f.endsWith(extension) && !f.endsWith('.d.ts'))
    .map(f => f.slice(0, -extension.length))
    .sort()
}

/** Whether a name is the path of an attack's file. */
export const isPath = (name: string): boolean => /[\\/]|\.[cm]?[jt]s$/.test(name)

/** An attack of ours by its name, or anybody's by the path of its file. */
export async function loadAttack(name: string): Promise<NamedAttack> {
  if (isPath(name)) return loadFile(name)
  const names = await attackNames()
  if (!names.includes(name)) {
    const hint = `${suggest(name, names)} A file of yours is given by its path: ./${name}.js`.trim()
    throw expected('usage', `an attack (${names.join(', ')})`, '--attack', name, hint)
  }
  return load(name, new URL(name + extension, folder), name)
}

async function loadFile(path: string): Promise<NamedAttack> {
  const source = resolve(path)
  const file = pathToFileURL(source)
  if (extname(path) === '.ts')
    throw expected('usage', 'a JavaScript file', '--attack', path, 'Compile it first: npx tsc, or esbuild.')
  const name = basename(path, extname(path))
  if (!/^[\w][\w.@-]*$/.test(name) || name === 'clean')
    throw expected(
      'usage',
      "a file name of letters, digits, '-' and '_' (it names the results' folder)",
      '--attack',
      path,
    )
  resolveAdvx()
  file.search = OWN // for the hook: this file is a module, whatever the package.json above it says
  return load(name, file, source)
}

const OWN = '?advx-attack'

async function load(name: string, file: URL, source: string): Promise<NamedAttack> {
  const text = await readFile(file).catch(cause => {
    throw new AdvxError('usage', `No attack file '${fileURLToPath(file)}' (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    })
  })
  let module: { default?: Attack }
  try {
    module = await import(file.href)
  } catch (cause) {
    throw new AdvxError('usage', `Attack '${name}' cannot be loaded: ${(cause as Error).message}`, { cause })
  }
  if (typeof (module.default?.step ?? module.default?.run ?? module.default?.stages) !== 'function')
    throw expected('usage', 'export default attack({ … })', `the file of attack '${name}'`, 'something else')
  return { name, attack: checked(module.default!), source, sha256: createHash('sha256').update(text).digest('hex') }
}

let hooked = false
/** A file outside the package imports 'advx' too, and gets this copy of the core, never a second one. */
function resolveAdvx(): void {
  if (hooked || !import.meta.url.endsWith('.js')) return
  hooked = true
  const core = new URL('../index.js', import.meta.url).href
  register('../engine/resolve-hook.js', import.meta.url, { data: { core, own: OWN } })
}
