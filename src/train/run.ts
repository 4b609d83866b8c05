import { rm } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { version } from '../engine/summary.ts'
import { AdvxError, expected } from '../errors.ts'
import { executorNamed } from '../exec/devices.ts'
import { exists } from '../io/exists.ts'
import { fileHash } from '../models/file-hash.ts'
import type { Objective } from '../objective.ts'
import { size } from '../shape.ts'
import { withMachine } from './machine.ts'
import type { TrainOptions } from './options.ts'
import { countOf } from './pictures.ts'
import { writeTrainingReport } from './report.ts'
import { settle } from './settle.ts'
import { type Subject, subjectOf } from './subject.ts'
import { type Epoch, type TrainEvent, train } from './trainer.ts'
import { writeNetwork } from './write-network.ts'

export type { TrainOptions }

export interface TrainResult {
  readonly out: string
  readonly history: readonly Epoch[]
  readonly pictures: { readonly trained: number; readonly measured: number }
}

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
  const taught = { ...subject, record: { ...subject.record, ...record } }
  const training = settle(options, taught, { path: checkpoint, resume }, objective)
  const began = performance.now()
  const trained = await withMachine(executorNamed('cpu'), (executor, machine) =>
    train(training, executor, machine, on, signal),
  )
  await writeNetwork(out, subject, trained, {
    data: basename(options.data),
    source: sourceOf(training.plan),
  })
  const pictures = {
    trained: countOf(subject.pictures),
    measured: subject.validation ? countOf(subject.validation) : 0,
  }
  await writeTrainingReport(out, {
    schema: 1,
    file: basename(out),
    sha256: await fileHash(out),
    command: options.command ?? 'advx (library)',
    version: version(),
    date: new Date().toISOString(),
    seconds: (performance.now() - began) / 1000,
    threads: training.threads,
    parameters: subject.network.weights.reduce((total, { tensor }) => total + size(tensor.shape), 0),
    pictures,
    history: trained.history,
    plan: training.plan,
  })
  await rm(checkpoint, { force: true })
  return { out, history: trained.history, pictures }
}

/** How a network was made, from its plan, in a line. */
const sourceOf = ({ defense = 'train', model, arch = `model ${model}`, epochs, seed }: TrainingPlan): string =>
  `advx ${version()}, ${defense}, ${arch}, ${epochs} epochs, seed ${seed}`
type TrainingPlan = Readonly<Record<string, unknown>>

/** Another objective than the cross-entropy, for a subject, and what stands for it in a plan. */
export type Teach = (subject: Subject) => {
  readonly objective?: Objective
  readonly record?: Readonly<Record<string, unknown>>
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
