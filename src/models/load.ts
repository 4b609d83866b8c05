import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { AdvxError } from '../errors.ts'
import { ofFile } from '../formats/of-file.ts'
import type { OnnxModel } from '../formats/onnx/schema.ts'
import { substitute, toposort } from '../graph.ts'
import { show } from '../shape.ts'
import { input, isConstant, type Tensor } from '../tensor.ts'
import { type ClassNames, findClassNames } from './class-names.ts'
import { fileHash } from './file-hash.ts'
import { type Found, findPreprocessing } from './find-preprocessing.ts'
import { type Imported, type ImportOptions, importOnnx } from './import/import-onnx.ts'
import { countOperators } from './import/inventory.ts'
import { type Layer, layersOf } from './layers.ts'
import { findModel, type ModelFiles } from './model-files.ts'
import type { InputSize, Preprocessing, Recipe } from './preprocessing.ts'
import { type Format, formatOf, readModel } from './read-model.ts'

export { modelNames } from './embedded.ts'

/** A model file as attacks see it: pictures in [0, 1] in, logits out, everything between in one graph. */
export interface Classifier {
  readonly name: string
  /** The file's name without its folder. */
  readonly file: string
  readonly path: string
  readonly sha256: string
  /** sha256 of all weights where some may lie in other files than the model's, else null. */
  readonly weights: string | null
  readonly format: Format
  readonly input: InputSize
  readonly classes: readonly string[]
  readonly classesFrom: ClassNames['from']
  readonly preprocessing: Preprocessing
  /** input: [N, C, H, W] in [0, 1]; logits: [N, K], the preprocessing inside; N is 1 where `batch` is. */
  readonly graph: { readonly input: Tensor; readonly logits: Tensor }
  /** The logits of other pictures; the same graph for the same x. */
  logits(x: Tensor): Tensor
  /** Those that were asked for, by name. */
  readonly layers: ReadonlyMap<string, Layer>
  /** Weights and figures of the preprocessing: what no attack changes. */
  readonly constants: ReadonlySet<Tensor>
  readonly notes: readonly string[]
  /** 1: the graph is right for one picture at a time only. */
  readonly batch: 'any' | 1
  /** The name of the value of the file that the scores are. */
  readonly output: string
  /** How often the file uses each operator, `Conv` or `com.microsoft.Gelu`; its functions are taken apart. */
  readonly operators: ReadonlyMap<string, number>
  readonly opsets: ReadonlyMap<string, number>
}

export interface LoadOptions {
  /** A name, a file, or `Preprocessing.json` of an earlier run. */
  readonly preprocess?: string | Recipe | undefined
  /** A file of class names. */
  readonly classes?: string | undefined
  /** The name of the output that holds the scores, or of a value inside. Default: it is found. */
  readonly output?: string | undefined
  /** Names of values inside, to be found in `Classifier.layers`. */
  readonly layers?: readonly string[] | undefined
  /** 1: read the model for one picture at a time. */
  readonly batch?: 1 | undefined
  /** Told of each node of the file, as it was read. */
  readonly observe?: ImportOptions['observe']
}

/**
 * Reads a model with what belongs to it. `wanted`: an .onnx file, a tfjs model.json, a folder in Hugging Face's layout, or
 * the name of a model that is embedded or was downloaded. Throws an AdvxError: `model` where files do not fit, `usage`
 * where options do not.
 */
export async function loadModel(wanted: string, options: LoadOptions = {}): Promise<Classifier> {
  const files = await findModel(wanted)
  const sha256 = await hashOf(files)
  const model = await readModel(files.path)
  const found = await findPreprocessing({
    option: options.preprocess,
    beside: files.preprocessor,
    metadata: model.metadata.get('advx.preprocessing'),
  })
  const size = { channels: found.channels ?? undefined, height: found.size?.height, width: found.size?.width }
  const { output, batch, observe, layers = [] } = options
  const imported = inFile(files, () => importOnnx(model, { output, batch, observe, size }))
  const names = await findClassNames(
    { option: options.classes, beside: files.config, metadata: model.metadata.get('advx.classes') },
    imported.logits.shape[1],
  )
  const facts = assembled(imported, found)
  const alone = imported.batch === 1 ? ({ batch: 1 } as const) : {}
  return {
    name: files.name,
    file: basename(files.path),
    path: resolve(files.path),
    sha256,
    weights: await hashOfWeights(model, files.path),
    format: formatOf(files.path),
    classes: names.names,
    classesFrom: names.from,
    batch: imported.batch,
    output: imported.output,
    operators: countOperators(model),
    opsets: model.opsets,
    layers: inFile(files, () => layersOf(model, layers, { ...alone, size }, facts.preprocessing.normalise)),
    ...facts,
  }
}

type Assembled = Pick<Classifier, 'input' | 'preprocessing' | 'graph' | 'logits' | 'constants' | 'notes'>

/** The network behind its preprocessing. */
function assembled({ input: source, logits: scores, picture, notes }: Imported, found: Found): Assembled {
  const { channels, height, width } = picture
  const size = { channels, height, width }
  const preprocessing = found.for(size)
  const pictures = input([source.shape[0], channels, height, width], 'x')
  const [logits] = substitute([scores], new Map([[source, preprocessing.normalise(pictures)]]))
  const known = new WeakMap<Tensor, Tensor>([[pictures, logits]])
  return {
    input: size,
    preprocessing,
    graph: { input: pictures, logits },
    logits(x) {
      if (show(x.shape) !== show(pictures.shape))
        throw new TypeError(`The model takes [${show(pictures.shape)}], not [${show(x.shape)}]`)
      if (!known.has(x)) known.set(x, substitute([logits], new Map([[pictures, x]]))[0])
      return known.get(x)!
    },
    constants: new Set(toposort([logits]).filter(isConstant)),
    notes: [...notes, ...found.notes],
  }
}

/** Errors of the importer, with the file they are about. */
function inFile<T>({ path }: ModelFiles, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw ofFile(path, error)
  }
}

/** The sha256 of the model's file, which is the one that was pinned, where one was. */
async function hashOf({ path, name, pinned }: ModelFiles): Promise<string> {
  const sha256 = await fileHash(path)
  if (pinned === undefined || pinned === sha256) return sha256
  throw new AdvxError(
    'model',
    `${path} is not the file any more that was downloaded. Mend it: advx models pull ${name}`,
  )
}

/**
 * Those of a tfjs model always lie elsewhere. More bytes of weights than the file has: some came from elsewhere (or were
 * float16, and the hash is one too many).
 */
async function hashOfWeights({ graph }: OnnxModel, path: string): Promise<string | null> {
  const arrays = [...graph.initializers.values()].flatMap(({ data }) => (ArrayBuffer.isView(data) ? [data] : []))
  const total = arrays.reduce((bytes, { byteLength }) => bytes + byteLength, 0)
  if (formatOf(path) === 'onnx' && total <= (await stat(path)).size) return null
  const hash = createHash('sha256')
  for (const { buffer, byteOffset, byteLength } of arrays) hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  return hash.digest('hex')
}
