import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOnnx } from '../formats/onnx/read.ts'

export interface EmbeddedModel {
  readonly name: string
  readonly path: string
  readonly metadata: ReadonlyMap<string, string>
}

/** The folder of the models that come with the package. */
export const packagedModels = (): string => join(packageRoot(), 'fixtures', 'models')

/** Models that come with the package, by name. */
export async function embeddedModels(): Promise<ReadonlyMap<string, string>> {
  const folder = packagedModels()
  const files = await readdir(folder).catch(() => [])
  const models = files.filter(file => file.endsWith('.onnx')).sort()
  return new Map(models.map(file => [basename(file, '.onnx'), join(folder, file)]))
}

/** The embedded models with what their files say about themselves. */
export async function modelNames(): Promise<EmbeddedModel[]> {
  const models = await embeddedModels()
  return Promise.all(
    Array.from(models, async ([name, path]) => ({ name, path, metadata: (await readOnnx(path)).metadata })),
  )
}

/** The folder of package.json, from the sources as well as from what is built. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (dirname(folder) !== folder) {
    const file = join(folder, 'package.json')
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'advx') return folder
    folder = dirname(folder)
  }
  return folder
}
