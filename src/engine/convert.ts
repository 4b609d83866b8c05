import { extname } from 'node:path'
import { emitTfjs } from '../exec/tfjs/emit.ts'
import { writeOnnx } from '../formats/onnx/write.ts'
import { writeTfjs } from '../formats/tfjs/write.ts'
import { type Classifier, type LoadOptions, loadModel } from '../models/load.ts'
import { checkNewFile, metadataOf, onnxOf } from './network.ts'

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
  const { preprocess, classes, output } = options
  const found = await loadModel(model, { preprocess, classes, output })
  const nothing = { ...found.preprocessing.json, order: 'rgb', scale: 1, mean: null, std: null } as const
  const { graph, batch } = await loadModel(model, { preprocess: nothing, output })
  if (extname(path).toLowerCase() === '.onnx') await writeOnnx(path, onnxOf({ ...graph, batch }, metadataOf(found)))
  else await writeTfjs(path, emitTfjs({ ...graph, batch }, metadataOf(found)))
  return found
}
