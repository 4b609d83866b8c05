import { checkParams, ownParams } from '../engine/check-params.ts'
import { checkNewFile } from '../engine/convert.ts'
import { hardened } from '../engine/harden.ts'
import { loadDefense, type NamedDefense } from '../engine/registry.ts'
import { expected } from '../errors.ts'
import { writeOnnx } from '../formats/onnx/write.ts'
import { substitute } from '../graph.ts'
import { loadModel } from '../models/load.ts'
import { forBatches } from '../network.ts'
import { NORMS, type NormName } from '../norms.ts'
import type { Params } from '../params.ts'
import { constant, type Tensor } from '../tensor.ts'
import { runTraining, type Subject, type TrainOptions, type TrainResult } from './run.ts'
import type { TrainEvent } from './trainer.ts'

/** What a defense needs: `data` where it trains, and all that training can be told. */
export type DefendOptions = Omit<TrainOptions, 'data' | 'arch' | 'model'> & {
  readonly model: string
  readonly data?: string
  readonly output?: string
  /** Of the defense, by name. */
  readonly params?: Params
  readonly norm?: NormName
  readonly eps?: number
}

/** What was made of a model. */
export interface Defended {
  readonly defense: NamedDefense
  readonly params: Params
  /** What it was made against; null: nothing in particular. */
  readonly threat: { readonly norm: NormName; readonly eps: number | null } | null
  /** Null: nothing was trained. */
  readonly trained: TrainResult | null
  readonly notes: readonly string[]
}

/** A model that is there learns at less than a new one. */
const GENTLE = { epochs: 5, optimizer: 'adam', lr: 5e-4 } as const

/**
 * Hardens a model and writes it as an ONNX file that takes what the model's own takes.
 *
 * @param name a name of `advx list`, or the path of a file
 * @throws AdvxError for what a user can mend; Interrupted when `signal` aborts a training, which `resume` goes on with.
 */
export async function defendModel(
  name: string,
  { params = {}, ...options }: DefendOptions,
  on: (event: TrainEvent) => void = () => {},
  signal?: AbortSignal,
): Promise<Defended> {
  const defense = await loadDefense(name)
  const taker = { name: defense.name, params: defense.defense.params }
  checkParams(params, [taker], 'the chosen defenses')
  const own = ownParams(taker, params)
  const threat = threatOf(defense, options)
  const made = { defense, params: own, threat }
  if (defense.defense.infer) return { ...made, ...(await around(defense, own, options)) }
  const { data } = options
  if (data === undefined)
    throw expected('usage', 'pictures to train on', '--data', 'none', `${defense.name} trains the model.`)
  const trained = await runTraining({ ...GENTLE, ...options, data }, on, signal, subject => ({
    objective: defense.defense.teach!(
      { norm: NORMS[threat?.norm ?? 'l2'], eps: threat?.eps ?? 0, before: frozen(subject) },
      own,
    ),
    record: { defense: defense.name, sha256: defense.sha256, params: own, threat },
  }))
  return { ...made, trained, notes: [] }
}

async function around({ defense }: NamedDefense, params: Params, options: DefendOptions) {
  const { model, out, seed = 0, force = false, preprocess, classes, output } = options
  await checkNewFile(out, ['.onnx'], force)
  const classifier = await loadModel(model, { preprocess, classes, output })
  await writeOnnx(out, hardened(classifier, defense, params, seed))
  return { trained: null, notes: classifier.notes }
}

/** @throws AdvxError 'usage' for a norm that the defense has not, or a budget that is none. */
function threatOf({ name, defense }: NamedDefense, { norm, eps }: DefendOptions): Defended['threat'] {
  const known = Object.keys(defense.norms ?? {}) as NormName[]
  if (eps !== undefined && !(eps > 0)) throw expected('usage', 'a number above 0', '--eps', eps)
  if (known.length === 0) return null
  const chosen = norm ?? known[0]
  const own = defense.norms![chosen]
  if (!own) throw expected('usage', `one of ${known.join(', ')}`, `--norm with ${name}`, chosen)
  return { norm: chosen, eps: own.eps === undefined ? null : (eps ?? own.eps) }
}

/** The network with the weights that it began with. */
function frozen({ network, preprocessing }: Subject): (x: Tensor) => Tensor {
  const held = [...network.weights, ...network.running].map(
    ({ tensor, start }) => [tensor, constant(start, tensor.shape)] as const,
  )
  return x => {
    const { input, logits } = forBatches(network, x.shape[0])
    return substitute([logits], new Map([...held, [input, preprocessing.normalise(x)]]))[0]
  }
}
