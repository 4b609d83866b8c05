import { extname } from 'node:path'
import { AdvxError, expected } from '../errors.ts'
import { emit } from '../exec/ort/emit.ts'
import { inOnnxForms } from '../exec/ort/lower.ts'
import { emitTfjs } from '../exec/tfjs/emit.ts'
import type { OnnxModel, OnnxValue } from '../formats/onnx/schema.ts'
import { writeOnnx } from '../formats/onnx/write.ts'
import { writeTfjs } from '../formats/tfjs/write.ts'
import { exists } from '../io/exists.ts'
import { type Classifier, type LoadOptions, loadModel } from '../models/load.ts'
import { preprocessingText } from '../models/preprocessing-text.ts'

export interface ConvertOptions extends Pick<LoadOptions, 'preprocess' | 'classes' | 'output'> {
  /** Take the place of a file that is there. */
  readonly force?: boolean | undefined
}

/**
 * Writes the network of any model that advx reads, simplified, logits out: as an ONNX file, pictures [N, C, H, W] in, or
 * where the name ends in .json as a GraphModel of TensorFlow.js, pictures [N, H, W, C] in. Preprocessing is not in the network but, with the classes' names, in its metadata, where they are known.
 */
export async function convertModel(model: string, path: string, options: ConvertOptions = {}): Promise<Classifier> {
  await checkNewFile(path, ['.onnx', '.json'], options.force === true)
  const { found, plain } = await loadPlain(model, options)
  const metadata = metadataOf(found)
  if (extname(path).toLowerCase() === '.onnx') await writeOnnx(path, { ...asOnnx(plain.graph, plain.batch), metadata })
  else await writeTfjs(path, emitTfjs({ ...plain.graph, batch: plain.batch }, metadata))
  return found
}

/** A model, and the same without the arithmetic of its preprocessing in front of it. */
export async function loadPlain(
  model: string,
  { preprocess, classes, output }: Pick<LoadOptions, 'preprocess' | 'classes' | 'output'>,
): Promise<{ readonly found: Classifier; readonly plain: Classifier }> {
  const found = await loadModel(model, { preprocess, classes, output })
  const nothing = { ...found.preprocessing.json, order: 'rgb', scale: 1, mean: null, std: null } as const
  return { found, plain: await loadModel(model, { preprocess: nothing, output }) }
}

/** @throws AdvxError where a file to write has another ending than those, or is there and not to be replaced. */
export async function checkNewFile(path: string, endings: readonly string[], force: boolean): Promise<void> {
  if (!endings.includes(extname(path).toLowerCase()))
    throw expected('usage', `a name that ends in ${endings.join(' or ')}`, 'the file to write', path)
  if (!force && (await exists(path)))
    throw new AdvxError('output', `${path} is there already. Give another name, or --force to replace it.`)
}

/** A network as an ONNX model: `input` to `logits`; `batch` 1: for one picture at a time. */
export function asOnnx(graph: Classifier['graph'], batch: Classifier['batch'] = 'any'): OnnxModel {
  const [logits] = inOnnxForms([graph.logits])
  const model = emit({ inputs: { input: graph.input }, outputs: { logits } })
  if (batch === 'any') return model
  const alone = ({ dims, ...value }: OnnxValue): OnnxValue => ({ ...value, dims: dims?.with(0, 1) ?? null })
  const { inputs, outputs } = model.graph
  return { ...model, graph: { ...model.graph, inputs: inputs.map(alone), outputs: outputs.map(alone) } }
}

export function metadataOf({
  classes,
  classesFrom,
  preprocessing,
}: Pick<Classifier, 'classes' | 'classesFrom' | 'preprocessing'>): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>()
  if (classesFrom !== 'indices') metadata.set('advx.classes', JSON.stringify(classes))
  if (preprocessing.from !== 'default') metadata.set('advx.preprocessing', preprocessingText(preprocessing.json))
  return metadata
}
