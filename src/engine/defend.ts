import { writeOnnx } from '../formats/onnx/write.ts'
import { type Classifier, type LoadOptions, loadModel } from '../models/load.ts'
import type { Params } from '../params.ts'
import { checkParams, ownParams } from './check-params.ts'
import { checkNewFile } from './convert.ts'
import { hardened } from './harden.ts'
import { loadDefense, type NamedDefense } from './registry.ts'

export interface DefendOptions extends Pick<LoadOptions, 'preprocess' | 'classes' | 'output'> {
  /** Of the defense, by name. */
  readonly params?: Params
  readonly seed?: number
  /** Take the place of a file that is there. */
  readonly force?: boolean
}

/** What was made of a model. */
export interface Defended {
  readonly defense: NamedDefense
  readonly params: Params
  readonly classifier: Classifier
}

/**
 * Hardens a model and writes it as an ONNX file that takes what the model's own takes.
 *
 * @param name a name of `advx list`, or the path of a file
 * @throws AdvxError for what a user can mend.
 */
export async function defendModel(
  name: string,
  model: string,
  path: string,
  { params = {}, seed = 0, force = false, ...load }: DefendOptions = {},
): Promise<Defended> {
  const found = await loadDefense(name)
  const taker = { name: found.name, params: found.defense.params }
  checkParams(params, [taker], 'the chosen defenses')
  const own = ownParams(taker, params)
  await checkNewFile(path, ['.onnx'], force)
  const classifier = await loadModel(model, load)
  await writeOnnx(path, hardened(classifier, found.defense, own, seed))
  return { defense: found, params: own, classifier }
}
