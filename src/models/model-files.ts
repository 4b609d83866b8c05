import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { AdvxError, expected, suggest } from '../errors.ts'
import { embeddedModels } from './embedded.ts'
import { cachedModel } from './registry/cached-model.ts'
import { type RegisteredModel, registeredModels } from './registry/registry.ts'

/** Where a model and what belongs to it lie. */
export interface ModelFiles {
  readonly name: string
  /** The .onnx file, or the model.json of tfjs. */
  readonly path: string
  /** Hugging Face's files, where they are there. */
  readonly config: string | undefined
  readonly preprocessor: string | undefined
  /** The sha256 that it has to have, where that is known. */
  readonly pinned?: string | undefined
}

/** A file, a folder in Hugging Face's layout, or the name of a model that is embedded or was downloaded. */
export async function findModel(wanted: string): Promise<ModelFiles> {
  const kind = await kindOf(wanted)
  if (kind === 'folder') return withCompanions(basename(resolve(wanted)), await modelIn(wanted))
  if (kind === 'file') return withCompanions(nameOf(wanted), wanted)
  const embedded = await embeddedModels()
  const path = embedded.get(wanted)
  if (path) return withCompanions(wanted, path)
  if (/[/\\]|\.onnx$|\.json$/i.test(wanted)) throw new AdvxError('model', `${wanted}: There is no such file.`)
  const registered = await registeredModels()
  const known = registered.get(wanted)
  if (known) return pulled(known)
  const names = [...embedded.keys(), ...registered.keys()]
  throw expected('usage', `a file, a folder or one of ${names.join(', ')}`, '--model', wanted, suggest(wanted, names))
}

/** What a tfjs model is called, in a file or as a script of an npm package: its folder has the name. */
const MODELS_JSON = ['model.json', 'model.min.js']

const nameOf = (path: string): string =>
  MODELS_JSON.includes(basename(path)) ? basename(dirname(resolve(path))) : basename(path, extname(path))

/** Nothing is downloaded unasked: hundreds of megabytes may cost someone money. */
async function pulled(model: RegisteredModel): Promise<ModelFiles> {
  const path = await cachedModel(model)
  if (path !== null) return { ...(await withCompanions(model.name, path)), pinned: model.sha256 }
  const size = `${Math.ceil(model.bytes / 1e5) / 10} MB`
  throw new AdvxError(
    'model',
    `The model '${model.name}' is not on this machine yet. Download it (${size}): advx models pull ${model.name}`,
  )
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  const found = await stat(path).catch(() => null)
  return found ? (found.isDirectory() ? 'folder' : 'file') : null
}

/** model.onnx, onnx/model.onnx, the only .onnx file there is, or model.json. */
async function modelIn(folder: string): Promise<string> {
  for (const path of [join(folder, 'model.onnx'), join(folder, 'onnx', 'model.onnx')])
    if ((await kindOf(path)) === 'file') return path
  const files = await readdir(folder)
  const models = files.filter(file => file.toLowerCase().endsWith('.onnx'))
  if (models.length === 1) return join(folder, models[0])
  if (models.length > 1) throw several(folder, models)
  const variants = (await readdir(join(folder, 'onnx')).catch(() => [])).filter(file => /\.onnx$/i.test(file))
  if (variants.length > 0) throw several(join(folder, 'onnx'), variants)
  const json = MODELS_JSON.find(name => files.includes(name))
  if (json !== undefined) return join(folder, json)
  const hint = files.some(file => /\.(safetensors|bin|pt|pth|h5|keras|pb)$/.test(file))
    ? ' Its weights are in another format: export them to ONNX first.'
    : ''
  throw new AdvxError('model', `${folder} holds no model.onnx, nor onnx/model.onnx, nor a model.json.${hint}`)
}

const several = (folder: string, models: readonly string[]): AdvxError =>
  new AdvxError(
    'model',
    `${folder} holds ${models.length === 1 ? 'a model' : `${models.length} models`}, none of the name model.onnx: name one, such as ${join(folder, models[0])}.`,
  )

/** Hugging Face's files lie beside the model, or one folder up where that is in a folder called onnx. */
async function withCompanions(name: string, model: string): Promise<ModelFiles> {
  const folder = dirname(model)
  const folders = basename(resolve(folder)) === 'onnx' ? [folder, dirname(resolve(folder))] : [folder]
  const find = async (file: string): Promise<string | undefined> => {
    for (const place of folders) if ((await kindOf(join(place, file))) === 'file') return join(place, file)
    return undefined
  }
  const [config, preprocessor] = [await find('config.json'), await find('preprocessor_config.json')]
  return { name, path: model, config, preprocessor }
}
