import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readClassNames } from '../class-names.ts'
import { readText } from '../settings.ts'
import { cacheFolder } from './cache-folder.ts'
import type { RegisteredModel } from './registry.ts'

/** Where a downloaded model lies: a folder in Hugging Face's layout, one for each version of the file. */
export interface CachePlace {
  readonly folder: string
  /** The model. It has this name only when its length and sha256 were found right. */
  readonly file: string
  /** What there is of it before. */
  readonly partial: string
}

export function cachePlace({ name, sha256 }: RegisteredModel): CachePlace {
  const folder = join(cacheFolder(), 'models', `${name}-${sha256.slice(0, 12)}`)
  const file = join(folder, `${name}.onnx`)
  return { folder, file, partial: `${file}.partial` }
}

/** The files that lie beside a model and say its classes and preprocessing: their texts by name. */
export async function companions(model: RegisteredModel): Promise<ReadonlyMap<string, string>> {
  const names = await readClassNames(model.classes, 'usage')
  const config = { id2label: Object.fromEntries(names.map((name, i) => [i, name])) }
  return new Map([
    ['config.json', `${JSON.stringify(config, null, 2)}\n`],
    ['preprocessor_config.json', await readText(model.preprocessing, 'usage')],
  ])
}

/** The path of a model that was downloaded, with all that belongs to it; null where something is missing. */
export async function cachedModel(model: RegisteredModel): Promise<string | null> {
  const { folder, file } = cachePlace(model)
  const length = await stat(file).then(
    ({ size }) => size,
    () => null,
  )
  if (length !== model.bytes) return null
  for (const [name, text] of await companions(model))
    if ((await readFile(join(folder, name), 'utf8').catch(() => null)) !== text) return null
  return file
}
