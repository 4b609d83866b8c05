import { access } from 'node:fs/promises'
import { extname } from 'node:path'
import { AdvxError, expected } from '../errors.ts'
import { emit } from '../exec/ort/emit.ts'
import { inOnnxForms } from '../exec/ort/lower.ts'
import type { OnnxModel, OnnxValue } from '../formats/onnx/schema.ts'
import type { Classifier } from '../models/load.ts'
import { preprocessingText } from '../models/preprocessing-text.ts'
import type { Tensor } from '../tensor.ts'

/** A network without its preprocessing: what a file holds. */
export interface Network {
  readonly input: Tensor
  readonly logits: Tensor
  /** 1: it is right for one picture at a time only. */
  readonly batch: Classifier['batch']
}

/** A network as an ONNX model; its input is `input`, its output `logits`. */
export function onnxOf({ input, logits, batch }: Network, metadata: OnnxModel['metadata']): OnnxModel {
  const [scores] = inOnnxForms([logits])
  const model = { ...emit({ inputs: { input }, outputs: { logits: scores } }), metadata }
  if (batch === 'any') return model
  const alone = ({ dims, ...value }: OnnxValue): OnnxValue => ({ ...value, dims: dims?.with(0, 1) ?? null })
  const { inputs, outputs } = model.graph
  return { ...model, graph: { ...model.graph, inputs: inputs.map(alone), outputs: outputs.map(alone) } }
}

/** Preprocessing and the classes' names, where they are known, as `loadModel` finds them in a file. */
export function metadataOf({
  classes,
  classesFrom,
  preprocessing,
}: Pick<Classifier, 'classes' | 'classesFrom' | 'preprocessing'>): Map<string, string> {
  const metadata = new Map<string, string>()
  if (classesFrom !== 'indices') metadata.set('advx.classes', JSON.stringify(classes))
  if (preprocessing.from !== 'default') metadata.set('advx.preprocessing', preprocessingText(preprocessing.json))
  return metadata
}

/** @throws AdvxError where a file to write has another ending than those, or is there and not to be replaced. */
export async function checkNewFile(path: string, endings: readonly string[], force: boolean): Promise<void> {
  if (!endings.includes(extname(path).toLowerCase()))
    throw expected('usage', `a name that ends in ${endings.join(' or ')}`, 'the file to write', path)
  const there = await access(path).then(
    () => true,
    () => false,
  )
  if (there && !force)
    throw new AdvxError('output', `${path} is there already. Give another name, or --force to replace it.`)
}
