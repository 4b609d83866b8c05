import { readClassNames } from '../models/class-names.ts'
import { findPreprocessing } from '../models/find-preprocessing.ts'
import { loadModel, modelNames } from '../models/load.ts'
import type { InputSize, Recipe } from '../models/preprocessing.ts'
import { cachedModel } from '../models/registry/cached-model.ts'
import { type RegisteredModel, registeredModels } from '../models/registry/registry.ts'

/** A model that has a name. */
export interface ListedModel {
  readonly name: string
  readonly from: 'embedded' | 'registry'
  /** Null: it is not on this machine. */
  readonly path: string | null
  readonly input: InputSize
  readonly classes: readonly string[]
  readonly preprocessing: Recipe
  /** A share in decimals, of which pictures, who says so. */
  readonly accuracy: { readonly value: string | null; readonly on: string | null; readonly source: string | null }
  readonly license: string | null
  /** What it was trained on. */
  readonly data: string | null
  readonly source: string | null
  /** What can be downloaded; null for an embedded model. */
  readonly download: Pick<RegisteredModel, 'family' | 'url' | 'revision' | 'sha256' | 'bytes'> | null
}

/** The embedded models, then those of the registry. */
export async function listModels(): Promise<ListedModel[]> {
  const registered = await registeredModels()
  return [...(await embedded()), ...(await Promise.all([...registered.values()].map(listed)))]
}

/** Of what comes with the package. */
const LICENSE = 'MIT'

async function embedded(): Promise<ListedModel[]> {
  return Promise.all(
    (await modelNames()).map(async ({ name, path, metadata }) => {
      const { input, classes, preprocessing } = await loadModel(path)
      const of = (key: string): string | null => metadata.get(`advx.${key}`) ?? null
      return {
        name,
        from: 'embedded',
        path,
        input,
        classes,
        preprocessing: preprocessing.json,
        accuracy: { value: of('accuracy'), on: of('accuracy.on'), source: null },
        license: of('license') ?? LICENSE,
        data: of('data'),
        source: of('source'),
        download: null,
      }
    }),
  )
}

async function listed(model: RegisteredModel): Promise<ListedModel> {
  const { name, family, url, revision, sha256, bytes, input, accuracy, license, data, source } = model
  return {
    name,
    from: 'registry',
    path: await cachedModel(model),
    input,
    classes: await readClassNames(model.classes, 'usage'),
    preprocessing: (await findPreprocessing({ option: model.preprocessing })).for(input).json,
    accuracy: {
      value: accuracy && String(accuracy.value),
      on: accuracy?.on ?? null,
      source: accuracy?.source ?? null,
    },
    license,
    data,
    source,
    download: { family, url, revision, sha256, bytes },
  }
}
