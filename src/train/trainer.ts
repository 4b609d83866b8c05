import { AdvxError, Interrupted } from '../errors.ts'
import type { Executor, Values } from '../exec/executor.ts'
import type { Machine } from '../exec/machine.ts'
import { forBatches, type Network } from '../network.ts'
import type { Progress } from '../objective.ts'
import type { Tensor } from '../tensor.ts'
import { type Augmentation, Batches } from './batches.ts'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { evaluationOf, measure } from './evaluation.ts'
import type { Pictures } from './pictures.ts'
import { type StepSettings, type Steps, stepsOf, type Traced } from './step.ts'

/** A training that is settled. */
export interface Training {
  readonly network: Network
  /** Pictures in [0, 1] as the network wants them. */
  normalise(x: Tensor): Tensor
  readonly pictures: Pictures
  /** Pictures that are not trained on. */
  readonly validation: Pictures | null
  readonly settings: StepSettings & {
    readonly epochs: number
    readonly batch: number
    readonly seed: number
    readonly augmentation: Augmentation
  }
  /** What would make another training of it, for `resume`. */
  readonly plan: Readonly<Record<string, unknown>>
  /** The file that holds what is done, and whether to go on from it; null: nothing is kept. */
  readonly checkpoint: { readonly path: string; readonly resume: boolean } | null
  readonly threads: number
}

/** What an epoch came to. */
export interface Epoch {
  readonly epoch: number
  /** Means over the epoch's steps, at the weights of each. */
  readonly loss: number
  readonly accuracy: number
  /** Of the pictures that are not trained on, at the epoch's end. */
  readonly validation: { readonly loss: number; readonly accuracy: number } | null
  readonly rate: number
}

export type TrainEvent =
  | { readonly type: 'note'; readonly message: string }
  | {
      readonly type: 'step'
      /** Steps that are done, of all epochs. */
      readonly step: number
      readonly steps: number
      readonly perEpoch: number
      readonly batch: number
      readonly loss: number
      readonly accuracy: number
    }
  | ({ readonly type: 'epoch'; readonly epochs: number; readonly seconds: number } & Epoch)

export interface Trained {
  /** Weights and running figures by their names; where a mean over the steps was kept, that. */
  readonly weights: Values
  readonly history: readonly Epoch[]
}

/** Sums of the epoch that is under way. */
interface Running {
  loss: number
  accuracy: number
  steps: number
}
interface History {
  readonly epochs: Epoch[]
  running: Running
}

/**
 * Trains a network, epoch by epoch, and keeps a checkpoint at the end of each and when `signal` aborts.
 *
 * @throws AdvxError 'usage' where the loss is no number any more, Interrupted when `signal` aborts
 */
export async function train(
  training: Training,
  executor: Executor,
  machine: Machine,
  on: (event: TrainEvent) => void = () => {},
  signal?: AbortSignal,
): Promise<Trained> {
  const { network, pictures, validation, settings, checkpoint, plan, threads } = training
  const { epochs, batch, seed, augmentation, average } = settings
  const batches = new Batches(pictures, { batch, seed, augmentation })
  const { perEpoch } = batches
  const steps = epochs * perEpoch
  const applied = { network: forBatches(network, batch), normalise: training.normalise }
  const traced = stepsOf(applied, settings)
  const programs = { start: traced.start, inner: traced.inner, update: traced.update }
  for (const [name, program] of Object.entries(programs))
    if (program) await machine.open(name, await executor.compile(program.fn), threads)
  if (validation) await machine.open('evaluate', await executor.compile(evaluationOf(applied, average > 0)), threads)
  const before = checkpoint?.resume ? await readCheckpoint(checkpoint.path) : null
  if (before) agree(before.plan, plan)
  await machine.write(before?.state ?? traced.state)
  const history = (before?.history as History | undefined) ?? { epochs: [], running: fresh() }
  const keep = async (step: number): Promise<void> => {
    if (checkpoint) await writeCheckpoint(checkpoint.path, { plan, step, history, state: await machine.read() })
  }
  if (!before) await keep(0) // so that what cannot be written is known at once
  const at = (step: number): Progress => ({ step, steps, perEpoch })
  const prepared = prepare(traced, settings.objective.inner?.steps ?? 0, batches, at)
  let began = performance.now()
  let next = prepared(before?.step ?? 0)
  for (let step = before?.step ?? 0; step < steps; step++) {
    const feeds = next
    const done = runStep(machine, feeds, batch)
    if (step + 1 < steps) next = prepared(step + 1) // while the machine works
    const { loss, accuracy } = await done
    if (!Number.isFinite(loss)) throw diverged(step, perEpoch, checkpoint?.path ?? null)
    history.running.loss += loss
    history.running.accuracy += accuracy
    history.running.steps++
    on({ type: 'step', step: step + 1, steps, perEpoch, batch, loss, accuracy })
    if ((step + 1) % perEpoch === 0) {
      const { running } = history
      const measured = validation && (await measure(machine, validation, batch))
      if (step + 1 === steps && measured) demandSense(measured, validation.classes.length)
      const epoch: Epoch = {
        epoch: (step + 1) / perEpoch,
        loss: running.loss / running.steps,
        accuracy: running.accuracy / running.steps,
        validation: measured,
        rate: settings.schedule.rate(at(step)),
      }
      history.epochs.push(epoch)
      history.running = fresh()
      await keep(step + 1)
      on({ type: 'epoch', epochs, seconds: (performance.now() - began) / 1000, ...epoch })
      began = performance.now()
    }
    if (signal?.aborted && step + 1 < steps) {
      if ((step + 1) % perEpoch !== 0) await keep(step + 1)
      throw new Interrupted(checkpoint ? 'the same command with --resume goes on' : 'nothing was kept')
    }
  }
  const state = await machine.read()
  const names = [...network.weights, ...network.running].map(({ name }) => name)
  const weights = Object.fromEntries(names.map(name => [name, state[average > 0 ? `${name}/average` : name]]))
  return { weights, history: history.epochs }
}

const fresh = (): Running => ({ loss: 0, accuracy: 0, steps: 0 })

/** What the programs of a step are given. */
interface Prepared {
  readonly start: Values | null
  readonly inner: readonly Values[]
  readonly update: Values
}

/** Fills what the programs of a step ask for. */
function prepare(
  { start, inner, update }: Steps,
  innerSteps: number,
  batches: Batches,
  at: (step: number) => Progress,
): (step: number) => Prepared {
  const fed = ({ numbers, draws }: Traced, step: number, call: number): Values => ({
    ...Object.fromEntries(Object.entries(numbers).map(([name, f]) => [name, Float32Array.of(f(at(step)))])),
    ...Object.fromEntries(Object.entries(draws).map(([name, draw], i) => [name, batches.fill(step, draw, i, call)])),
  })
  return step => {
    const pictures = { ...batches.at(step) }
    return {
      start: start && { ...pictures, ...fed(start, step, 0) },
      inner: inner ? Array.from({ length: innerSteps }, (_, i) => ({ ...pictures, ...fed(inner, step, 1 + i) })) : [],
      update: { ...pictures, ...fed(update, step, 1000) },
    }
  }
}

async function runStep(
  machine: Machine,
  { start, inner, update }: Prepared,
  batch: number,
): Promise<{ loss: number; accuracy: number }> {
  let point = start ? (await machine.run('start', start, batch)).moved : update.x
  for (const feeds of inner) point = (await machine.run('inner', { ...feeds, point }, batch)).moved
  const { loss, accuracy } = await machine.run('update', { ...update, point }, batch)
  return { loss: loss[0], accuracy: accuracy[0] }
}

const REMEDY = 'Try a tenth of --lr, or --clip 1.'

/** Losses so many times that of a guess, at the accuracy of one, are no model's: activations that are clipped keep them finite. */
const SENSELESS = 100

function demandSense({ loss, accuracy }: { loss: number; accuracy: number }, classes: number): void {
  const guess = Math.log(classes)
  if (loss < SENSELESS * guess || accuracy > 2 / classes) return
  throw new AdvxError(
    'usage',
    `Training diverged: it ends at a loss of ${loss.toPrecision(3)} on pictures that it was not trained on, where guessing has ${guess.toPrecision(2)}. ${REMEDY}`,
  )
}

function diverged(step: number, perEpoch: number, checkpoint: string | null): AdvxError {
  const [epoch, within] = [Math.floor(step / perEpoch) + 1, (step % perEpoch) + 1]
  const kept = checkpoint && epoch > 1 ? ` ${checkpoint} holds the weights of epoch ${epoch - 1}.` : ''
  return new AdvxError(
    'usage',
    `The loss is no finite number any more at step ${within} of epoch ${epoch}: the learning rate is too high, or the data are not what they seem. ${REMEDY}${kept}`,
  )
}

/** Throws a usage error that names what is not as in the training that was stopped. */
function agree(before: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): void {
  const other = Object.keys({ ...before, ...now }).find(key => JSON.stringify(before[key]) !== JSON.stringify(now[key]))
  if (other === undefined) return
  const [was, is] = [before, now].map(plan => JSON.stringify(plan[other]) ?? 'nothing')
  throw new AdvxError(
    'usage',
    `The training that was stopped had '${other}' ${was}, this one has ${is}. Give the same options to --resume, or start anew with --force.`,
  )
}
