import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Defense, FeaturePair } from '../defense.ts'
import { AdvxError } from '../errors.ts'
import type { Executor, Fn } from '../exec/executor.ts'
import { inTemporary } from '../exec/temporary.ts'
import type { OnnxModel } from '../formats/onnx/schema.ts'
import { writeOnnx } from '../formats/onnx/write.ts'
import { decodePicture } from '../io/decode.ts'
import { openJsonLines } from '../io/json-lines.ts'
import { importLayer } from '../models/import/import-onnx.ts'
import { layersOf } from '../models/layers.ts'
import { type Classifier, loadModel } from '../models/load.ts'
import { maskValue } from '../models/mask-value.ts'
import { readModel } from '../models/read-model.ts'
import type { Params } from '../params.ts'
import { size } from '../shape.ts'
import { metadataOf } from './convert.ts'
import { argmax } from './decision.ts'
import { toUnit } from './lattice.ts'
import type { Line } from './options.ts'

/** Shares of the features at which accuracy is measured. */
const SHARES = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4]

/** Accuracy on the pictures and on the adversarial ones, by how much of the layer is left out. */
export interface CloakPoint {
  readonly share: number
  readonly clean: number
  readonly adversarial: number
}

/** What a layer's features were found to be good for. */
export interface Cloaked {
  readonly model: OnnxModel
  /** On the pairs themselves. */
  readonly curve: readonly CloakPoint[]
  readonly pairs: number
}

interface Pair {
  readonly label: number
  readonly clean: Float32Array
  readonly adversarial: Float32Array
}

/**
 * Leaves out the features of a layer by which adversarial pictures are told from clean ones.
 *
 * @param out the folder of a run of attacks on the model: its pairs of pictures
 * @throws AdvxError 'usage' where there is no such layer, or no picture fell
 */
export async function cloak(
  classifier: Classifier,
  defense: Defense,
  params: Params,
  out: string,
  executor: Executor,
): Promise<Cloaked> {
  const file = await readModel(classifier.path)
  const name = params.layer as string
  const pairs = await pairsOf(out, classifier)
  if (pairs.length === 0)
    throw new AdvxError(
      'usage',
      `No picture fell to the attack, so that there is nothing to tell apart. Give a larger --eps.`,
    )
  const layer = layersOf(file, [name], {}, classifier.preprocessing.normalise).get(name)!
  const { input: x } = classifier.graph
  const activations = async (of: (pair: Pair) => Float32Array): Promise<Float32Array[]> =>
    rows(executor, { inputs: { x }, outputs: { y: layer(x) } }, pairs.map(of))
  const [clean, adversarial] = [await activations(p => p.clean), await activations(p => p.adversarial)]
  const scores = defense.rank!(
    clean.map((row, i): FeaturePair => ({ clean: row, adversarial: adversarial[i] })),
    params,
  )
  const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b)
  const dims = [1, ...importLayer(file, name).shape.slice(1)]
  if (size(dims) !== order.length)
    throw new AdvxError('model', `The layer ${name} is not one row of features a picture.`)
  const without = (share: number): OnnxModel => {
    const mask = new Float32Array(order.length).fill(1)
    for (const i of order.slice(0, Math.ceil(share * order.length))) mask[i] = 0
    return { ...maskValue(file, name, mask, dims), metadata: new Map([...file.metadata, ...metadataOf(classifier)]) }
  }
  const curve: CloakPoint[] = []
  const asked = params.masked as number
  for (const share of [...new Set([...SHARES, asked])].sort((a, b) => a - b))
    curve.push({ share, ...(await accuracies(without(share), classifier, pairs, executor)) })
  return { model: without(asked), curve, pairs: pairs.length }
}

/** Pictures that fell, as they lie in a run's folder. */
async function pairsOf(out: string, { input }: Classifier): Promise<Pair[]> {
  const results = await openJsonLines(join(out, 'results.jsonl'))
  const lines = (await results.lines()) as Line[]
  await results.close()
  const broken = lines.filter(line => line.outcome === 'adversarial')
  const read = async (path: string): Promise<Float32Array> =>
    toUnit((await decodePicture(join(out, path), input.channels)).levels)
  return Promise.all(
    broken.map(async ({ file, label, attack }) => ({
      label: label!,
      clean: await read(`clean${file!.slice(attack.length)}`),
      adversarial: await read(file!),
    })),
  )
}

async function accuracies(model: OnnxModel, { preprocessing }: Classifier, pairs: readonly Pair[], executor: Executor) {
  const folder = await inTemporary(temporary => mkdtemp(join(temporary, 'advx-cloak-')))
  try {
    const path = join(folder, 'model.onnx')
    await inTemporary(() => writeOnnx(path, model))
    const { graph } = await loadModel(path, { preprocess: preprocessing.json })
    const fn = { inputs: { x: graph.input }, outputs: { y: graph.logits } }
    const right = async (of: (pair: Pair) => Float32Array): Promise<number> => {
      const logits = await rows(executor, fn, pairs.map(of))
      return logits.filter((z, i) => argmax(z) === pairs[i].label).length / pairs.length
    }
    return { clean: await right(p => p.clean), adversarial: await right(p => p.adversarial) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The output `y` of a function of one picture `x`, for each of them. */
async function rows(executor: Executor, fn: Fn, pictures: readonly Float32Array[]): Promise<Float32Array[]> {
  const program = await executor.open(await executor.compile(fn), 1)
  try {
    const found: Float32Array[] = []
    for (const x of pictures) found.push((await program.run({ x }, 1)).y)
    return found
  } finally {
    await program.close()
  }
}
