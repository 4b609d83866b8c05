import { access, rm } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { asOnnx, loadPlain, metadataOf } from '../engine/convert.ts'
import { availableThreads } from '../engine/pool.ts'
import { hasThreads, thread } from '../engine/thread.ts'
import { AdvxError, expected } from '../errors.ts'
import { executorNamed } from '../exec/devices.ts'
import type { Executor } from '../exec/executor.ts'
import { type Machine, machineOf } from '../exec/machine.ts'
import { writeOnnx } from '../formats/onnx/write.ts'
import { substitute } from '../graph.ts'
import { networkOf } from '../models/architectures/architecture.ts'
import { architectureNamed } from '../models/architectures/registry.ts'
import { readClassNames } from '../models/class-names.ts'
import { findPreprocessing } from '../models/find-preprocessing.ts'
import { type InputSize, type Preprocessing, preprocessing, type Recipe } from '../models/preprocessing.ts'
import type { Network } from '../network.ts'
import { crossEntropy, type Objective } from '../objective.ts'
import { constant } from '../tensor.ts'
import { readData } from './data.ts'
import { type OptimizerName, optimizer } from './optimizer.ts'
import { countOf, figuresOf, type Pictures } from './pictures.ts'
import { type ScheduleName, schedule } from './schedule.ts'
import { split } from './split.ts'
import { trainable } from './trainable.ts'
import { type Epoch, type TrainEvent, type Trained, type Training, train } from './trainer.ts'

export interface TrainOptions {
  /** A folder of `<class>/…`, of IDX files, or a .csv file of image,label. */
  readonly data: string
  /** The .onnx file that is written; beside it lies the checkpoint while training goes on. */
  readonly out: string
  /** A new network of this architecture; or `model`: the one of a file goes on. */
  readonly arch?: string
  readonly model?: string
  /** Other pictures to measure accuracy on, or the share of `data` that is kept for that. */
  readonly validation?: string | number
  readonly classes?: string
  readonly preprocess?: string
  readonly size?: Pick<InputSize, 'height' | 'width'>
  readonly epochs?: number
  readonly batchSize?: number
  readonly lr?: number
  readonly optimizer?: OptimizerName
  readonly momentum?: number
  readonly nesterov?: boolean
  readonly weightDecay?: number
  readonly schedule?: ScheduleName
  readonly warmUp?: number
  readonly labelSmoothing?: number
  readonly shift?: number
  readonly flip?: boolean
  readonly clip?: number
  readonly average?: number
  readonly seed?: number
  readonly threads?: number
  readonly resume?: boolean
  readonly force?: boolean
}

export interface TrainResult {
  readonly out: string
  readonly history: readonly Epoch[]
  readonly pictures: number
  readonly validation: number
}

/** The learning rate for each picture of a batch. */
const RATE = 0.2 / 256
const DECAY: Readonly<Record<OptimizerName, number>> = { sgd: 5e-4, rmsprop: 0, adam: 0, adamw: 0.01 }

/**
 * Trains a network on labelled pictures and writes it as an ONNX file.
 *
 * @throws AdvxError for what a user can mend; Interrupted when `signal` aborts: `resume` goes on from there.
 */
export async function runTraining(
  options: TrainOptions,
  on: (event: TrainEvent) => void = () => {},
  signal?: AbortSignal,
  teach: Teach = () => ({}),
): Promise<TrainResult> {
  const { out, resume = false, force = false } = options
  const checkpoint = `${out}.checkpoint`
  await checkOut(out, checkpoint, { resume, force })
  const subject = await subjectOf(options)
  for (const message of subject.notes) on({ type: 'note', message })
  const { objective, record = {} } = teach(subject)
  const settled = { ...subject, record: { ...subject.record, ...record } }
  const training = trainingOf(options, settled, { path: checkpoint, resume }, objective)
  const trained = await withMachine(executorNamed('cpu'), (executor, machine) =>
    train(training, executor, machine, on, signal),
  )
  await writeNetwork(out, subject, trained)
  await rm(checkpoint, { force: true })
  return {
    out,
    history: trained.history,
    pictures: countOf(subject.pictures),
    validation: subject.validation ? countOf(subject.validation) : 0,
  }
}

/** Another objective than the cross-entropy, for a subject, and what stands for it in a plan. */
export type Teach = (subject: Subject) => {
  readonly objective?: Objective
  readonly record?: Readonly<Record<string, unknown>>
}

/** What is trained, on what. */
export interface Subject {
  readonly network: Network
  readonly preprocessing: Preprocessing
  readonly pictures: Pictures
  readonly validation: Pictures | null
  readonly notes: readonly string[]
  /** What stands for it in a plan. */
  readonly record: Readonly<Record<string, unknown>>
}

/** Reads data and the model to go on from, or makes a new one. */
export async function subjectOf(options: TrainOptions): Promise<Subject> {
  const { data, model, arch, seed = 0, size = null } = options
  if (model !== undefined && arch !== undefined)
    throw expected('usage', 'one of --arch and --model', 'advx train', 'both of them')
  const loaded = model === undefined ? null : await loadPlain(model, options)
  const classes =
    options.classes === undefined ? (loaded?.found.classes ?? null) : await readClassNames(options.classes, 'usage')
  const wanted = { classes, size: loaded?.found.input ?? size, channels: loaded?.found.input.channels ?? null }
  const { train: all, test } = await readData(data, wanted)
  const { pictures, validation } = await split(all, test, options.validation, seed, wanted)
  const recipe = loaded ? loaded.found.preprocessing : await preprocessingFor(pictures, options.preprocess)
  const { network, notes } = loaded
    ? trainable(loaded.plain.graph.input, loaded.plain.graph.logits)
    : {
        network: networkOf(architectureNamed(arch ?? 'resnet'), pictures.size, pictures.classes.length, seed),
        notes: [],
      }
  return {
    network,
    pictures,
    validation,
    preprocessing: recipe,
    notes,
    record: loaded ? { model: loaded.found.sha256 } : { arch: arch ?? 'resnet' },
  }
}

/** The option's, else (x − mean) / std with the figures of the pictures. */
async function preprocessingFor(pictures: Pictures, option: string | undefined): Promise<Preprocessing> {
  if (option !== undefined) return (await findPreprocessing({ option })).for(pictures.size)
  const { channels: _, ...size } = pictures.size
  const geometry = { ...size, resize: { kind: 'exact', ...size }, crop: null, resample: 'bilinear' } as const
  const recipe: Recipe = { name: 'data', order: 'rgb', scale: 1, ...figuresOf(pictures), geometry }
  return preprocessing(recipe, 'option', pictures.size, 'usage')
}

/** Settles a training: options with their defaults. */
export function trainingOf(
  options: TrainOptions,
  { network, preprocessing, pictures, validation, record }: Subject,
  checkpoint: Training['checkpoint'],
  objective: Objective = crossEntropy({ smoothing: options.labelSmoothing ?? 0 }),
): Training {
  const { epochs = 10, seed = 0, momentum = 0.9, nesterov = true, warmUp = 0 } = options
  const { optimizer: rule = 'sgd', schedule: course = 'one-cycle', clip = Infinity, average = 0 } = options
  const batch = Math.min(options.batchSize ?? 128, countOf(pictures))
  const rate = options.lr ?? (rule === 'sgd' ? RATE * batch : 1e-3)
  const weightDecay = options.weightDecay ?? DECAY[rule]
  const shift = options.shift ?? 2
  const flip = options.flip ?? true
  return {
    network,
    normalise: x => preprocessing.normalise(x),
    pictures,
    validation,
    checkpoint,
    threads: options.threads ?? availableThreads(),
    settings: {
      objective,
      optimizer: optimizer(rule, { decay: weightDecay, nesterov }),
      schedule: schedule(course, { rate, momentum, warmUp }),
      clip,
      average,
      epochs,
      batch,
      seed,
      augmentation: { shift, flip },
    },
    plan: {
      ...record,
      pictures: countOf(pictures),
      classes: pictures.classes,
      preprocessing: preprocessing.json,
      epochs,
      batchSize: batch,
      lr: rate,
      optimizer: rule,
      momentum,
      nesterov,
      weightDecay,
      schedule: course,
      warmUp,
      labelSmoothing: options.labelSmoothing ?? 0,
      shift,
      flip,
      clip: clip === Infinity ? null : clip,
      average,
      seed,
    },
  }
}

/** Runs work on a machine in a thread of its own, where threads can be had. */
export async function withMachine<T>(
  executor: Executor,
  work: (executor: Executor, machine: Machine) => Promise<T>,
): Promise<T> {
  const machine = executor.threads && hasThreads ? remoteMachine(executor.name) : machineOf(executor)
  try {
    return await work(executor, machine)
  } finally {
    await machine.close()
    await executor.close()
  }
}

function remoteMachine(device: string): Machine {
  const { call, close } = thread('machine', device)
  return {
    open: (program, artifact, threads) => call('open', program, artifact, threads),
    write: state => call('write', state),
    read: () => call('read'),
    run: (program, feeds, batch) => call('run', program, feeds, batch),
    close,
  }
}

/** Writes the trained network: batch normalisations folded into convolutions, classes and preprocessing as metadata. */
export async function writeNetwork(
  path: string,
  {
    network,
    preprocessing,
    pictures,
    validation,
  }: Pick<Subject, 'network' | 'preprocessing' | 'pictures' | 'validation'>,
  { weights, history }: Trained,
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
  await writeOnnx(path, { ...asOnnx({ input: network.input, logits }), metadata })
}

/** Throws before hours of work where their result could not be written, or another's would be lost. */
async function checkOut(
  out: string,
  checkpoint: string,
  { resume, force }: { resume: boolean; force: boolean },
): Promise<void> {
  if (extname(out).toLowerCase() !== '.onnx') throw expected('usage', 'a name that ends in .onnx', '-o', out)
  if (!force && (await exists(out)))
    throw new AdvxError('output', `${out} is there already. Give another -o, or --force to replace it.`)
  if (!force && !resume && (await exists(checkpoint)))
    throw new AdvxError(
      'usage',
      `${basename(checkpoint)} holds a training that was stopped: --resume goes on with it, --force starts anew.`,
    )
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
