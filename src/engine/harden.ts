import type { Defense } from '../defense.ts'
import type { OnnxModel } from '../formats/onnx/schema.ts'
import type { Classifier } from '../models/load.ts'
import type { Params } from '../params.ts'
import { fingerprint, generator } from '../random.ts'
import { input } from '../tensor.ts'
import { asOnnx, metadataOf } from './convert.ts'

/**
 * A model with a defense around it, as a file that takes what the model's own takes: the defense sees pictures in [0, 1],
 * so that the file undoes the preprocessing of what it is given, and does it again behind the defense.
 */
export function hardened(classifier: Classifier, defense: Defense, params: Params, seed: number): OnnxModel {
  const { graph, logits, preprocessing, batch } = classifier
  const given = input(graph.input.shape, 'input')
  const random = generator(fingerprint(new TextEncoder().encode(defense.title), seed))
  const scores = defense.infer!({ x: preprocessing.pictures(given), logits, random }, params)
  return { ...asOnnx({ input: given, logits: scores }, batch), metadata: metadataOf(classifier) }
}
