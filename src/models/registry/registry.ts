import { dirname, join, resolve } from 'node:path'
import { packagedModels } from '../embedded.ts'
import type { InputSize } from '../preprocessing.ts'
import { isObject, parseObject, readText, Settings } from '../settings.ts'

/** A model that can be downloaded: one file, pinned by length and sha256, and what belongs to it. */
export interface RegisteredModel {
  readonly name: string
  /** The network: `ResNet-50 v1`. */
  readonly family: string
  readonly url: string
  /** The revision that the URL names, where its place has such. */
  readonly revision: string | null
  readonly sha256: string
  readonly bytes: number
  readonly license: string | null
  /** What it was trained on. */
  readonly data: string | null
  /** Where the model is described. */
  readonly source: string | null
  /** A share of 0..1, of which pictures, and who says so. */
  readonly accuracy: { readonly value: number; readonly on: string; readonly source: string | null } | null
  readonly input: InputSize
  /** A file in the format of Hugging Face's preprocessor_config.json. */
  readonly preprocessing: string
  /** A file of class names, one a line. */
  readonly classes: string
}

/**
 * The models of fixtures/models/registry.json by name, and those of the file that ADVX_REGISTRY names, which has the same
 * form; of two with one name, the latter's.
 *
 * @throws AdvxError 'usage' for a file that has not.
 */
export async function registeredModels(env = process.env): Promise<ReadonlyMap<string, RegisteredModel>> {
  const own = env.ADVX_REGISTRY ? [resolve(env.ADVX_REGISTRY)] : []
  const lists = await Promise.all([join(packagedModels(), 'registry.json'), ...own].map(readRegistry))
  return new Map(lists.flat().map(model => [model.name, model]))
}

/** Paths in the file count from its folder. */
async function readRegistry(path: string): Promise<RegisteredModel[]> {
  const registry = new Settings(parseObject(await readText(path, 'usage'), path, 'usage'), path, 'usage')
  if (registry.get('schema') !== 1) throw registry.wrong('1, the form that this version reads,', 'schema')
  const models = registry.get('models')
  if (!Array.isArray(models) || !models.every(isObject)) throw registry.wrong('a list of objects', 'models')
  return models.map((entry, i) => parseModel(new Settings(entry, `model ${i + 1} of ${path}`, 'usage'), dirname(path)))
}

function parseModel(entry: Settings, folder: string): RegisteredModel {
  const optional = (of: Settings, key: string): string | null => (of.get(key) === undefined ? null : of.text(key))
  return {
    name: matching(entry, 'name', /^[a-z0-9][a-z0-9._-]{0,99}$/i, 'letters, digits, dots, dashes'),
    family: entry.text('family'),
    url: address(entry),
    revision: optional(entry, 'revision'),
    sha256: matching(entry, 'sha256', /^[0-9a-f]{64}$/, '64 hexadecimal digits'),
    bytes: whole(entry, 'bytes'),
    license: optional(entry, 'license'),
    data: optional(entry, 'data'),
    source: optional(entry, 'source'),
    accuracy: isObject(entry.get('accuracy')) ? accuracy(entry.inner('accuracy')) : null,
    input: size(entry),
    preprocessing: resolve(folder, entry.text('preprocessing')),
    classes: resolve(folder, entry.text('classes')),
  }

  function accuracy(of: Settings): RegisteredModel['accuracy'] {
    const value = of.number('value', Number.NaN)
    if (!(value >= 0 && value <= 1)) throw of.wrong('a share of 0 to 1', 'value')
    return { value, on: of.text('on'), source: optional(of, 'source') }
  }
}

function matching(entry: Settings, key: string, pattern: RegExp, what: string): string {
  const text = entry.text(key)
  if (!pattern.test(text)) throw entry.wrong(what, key)
  return text
}

function address(entry: Settings): string {
  const url = URL.canParse(entry.text('url')) ? new URL(entry.text('url')) : null
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url.href
  throw entry.wrong('a URL of http or https without a password', 'url')
}

function whole(entry: Settings, key: string): number {
  const value = entry.get(key)
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw entry.wrong('a whole number above 0', key)
}

function size(entry: Settings): InputSize {
  if (!isObject(entry.get('input'))) throw entry.wrong('{"channels", "height", "width"}', 'input')
  const input = entry.inner('input')
  const channels = input.get('channels')
  if (channels !== 1 && channels !== 3) throw input.wrong('1 or 3', 'channels')
  return { channels, height: input.pixels('height'), width: input.pixels('width') }
}
