import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of this package: src/ lies right below it, dist/src/ one further. */
export const packageFolder: string = fileURLToPath(above(new URL('.', import.meta.url)))

function above(folder: URL): URL {
  if (existsSync(new URL('package.json', folder))) return folder
  const parent = new URL('..', folder)
  if (parent.href === folder.href) throw new Error('package.json of advx is missing')
  return above(parent)
}

/** What npm calls this version. */
export const version = (): string => JSON.parse(readFileSync(`${packageFolder}/package.json`, 'utf8')).version
