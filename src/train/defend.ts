import { checkParams, ownParams } from '../engine/check-params.ts'
import { type CloakPoint, cloak } from '../engine/cloak.ts'
import { checkNewFile } from '../engine/convert.ts'
import { hardened } from '../engine/harden.ts'
import { loadDefense, type NamedDefense } from '../engine/registry.ts'
import { runAttack } from '../engine/run.ts'
import { expected } from '../errors.ts'
import { executorNamed } from '../exec/devices.ts'
import { writeOnnx } from '../formats/onnx/write.ts'
import { substitute } from '../graph.ts'
import { loadModel } from '../models/load.ts'
import { forBatches } from '../network.ts'
import { NORMS, type NormName } from '../norms.ts'
import type { Params } from '../params.ts'
import { constant, type Tensor } from '../tensor.ts'
import { runTraining, type TrainOptions, type TrainResult } from './run.ts'
import type { Subject } from './subject.ts'
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
  /** Accuracy by how much of a layer is left out; null: nothing is. */
  readonly curve: readonly CloakPoint[] | null
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
    throw expected('usage', 'pictures to learn from', '--data', 'none', `${defense.name} needs some.`)
  if (defense.defense.rank) return { ...made, ...(await without(defense, own, threat, { ...options, data }, signal)) }
  const trained = await runTraining({ ...GENTLE, ...options, data }, on, signal, subject => ({
    objective: defense.defense.teach!(
      { norm: NORMS[threat?.norm ?? 'l2'], eps: threat?.eps ?? 0, before: frozen(subject) },
      own,
    ),
    record: { defense: defense.name, sha256: defense.sha256, params: own, threat },
  }))
  return { ...made, trained, curve: null, notes: [] }
}

async function around({ defense }: NamedDefense, params: Params, options: DefendOptions) {
  const { model, out, seed = 0, force = false, preprocess, classes, output } = options
  await checkNewFile(out, ['.onnx'], force)
  const classifier = await loadModel(model, { preprocess, classes, output })
  await writeOnnx(out, hardened(classifier, defense, params, seed))
  return { trained: null, curve: null, notes: classifier.notes }
}

/** Steps of the attack that makes the pairs. */
const STEPS = 20

/** The attack's run stays beside the file, and goes on where it was interrupted. */
async function without(
  { defense }: NamedDefense,
  params: Params,
  threat: Defended['threat'],
  options: DefendOptions & { readonly data: string },
  signal: AbortSignal | undefined,
) {
  const { model, out, data, preprocess, classes, output, seed = 0, force = false } = options
  await checkNewFile(out, ['.onnx'], force)
  if (params.layer === '')
    throw expected('usage', 'the name of a layer', '--layer', 'none', 'advx inspect --layers names them.')
  const classifier = await loadModel(model, { preprocess, classes, output, layers: [params.layer as string] })
  const pairs = `${out.replace(/\.onnx$/i, '')}-pairs`
  const attack = { attacks: ['pgd'], params: { steps: STEPS }, out: pairs, seed, force, images: [data], model }
  const budget = threat?.eps ? { norm: threat.norm, eps: [threat.eps] } : {}
  const settings = Object.fromEntries(
    Object.entries({ preprocess, classes, output }).filter(([, v]) => v !== undefined),
  )
  await runAttack({ ...attack, ...budget, ...settings }, () => {}, signal)
  const executor = executorNamed('cpu')
  try {
    const cloaked = await cloak(classifier, defense, params, pairs, executor)
    await writeOnnx(out, cloaked.model)
    return { trained: null, curve: cloaked.curve, notes: classifier.notes }
  } finally {
    await executor.close()
  }
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
