import { asOnnx, metadataOf } from '../engine/convert.ts'
import { writeOnnx } from '../formats/onnx/write.ts'
import { substitute } from '../graph.ts'
import { constant } from '../tensor.ts'
import { countOf } from './pictures.ts'
import type { Subject } from './subject.ts'
import type { Trained } from './trainer.ts'

/**
 * Writes the trained network: batch normalisations folded into convolutions; classes, preprocessing, accuracy and
 * `provenance` as metadata.
 */
export async function writeNetwork(
  path: string,
  {
    network,
    preprocessing,
    pictures,
    validation,
  }: Pick<Subject, 'network' | 'preprocessing' | 'pictures' | 'validation'>,
  { weights, history }: Trained,
  provenance: { readonly data: string; readonly source: string },
): Promise<void> {
  const values = new Map(
    [...network.weights, ...network.running].map(({ name, tensor }) => [tensor, constant(weights[name], tensor.shape)]),
  )
  const [logits] = substitute([network.logits], values)
  const metadata = new Map(
    metadataOf({
      classes: pictures.classes,
      classesFrom: 'option',
      preprocessing: { ...preprocessing, from: 'option' },
    }),
  )
  const measured = history.at(-1)?.validation
  if (measured && validation) {
    metadata.set('advx.accuracy', measured.accuracy.toFixed(4))
    metadata.set('advx.accuracy.on', `${countOf(validation)} pictures that it was not trained on`)
  }
  for (const [key, value] of Object.entries(provenance)) metadata.set(`advx.${key}`, value)
  await writeOnnx(path, { ...asOnnx({ input: network.input, logits }), metadata })
}
