import { availableThreads } from '../engine/pool.ts'
import { crossEntropy, type Objective } from '../objective.ts'
import { type OptimizerName, optimizer } from './optimizer.ts'
import type { TrainOptions } from './options.ts'
import { countOf } from './pictures.ts'
import { schedule } from './schedule.ts'
import type { Subject } from './subject.ts'
import type { Training } from './trainer.ts'

/** The learning rate for each picture of a batch. */
const RATE = 0.2 / 256
const DECAY: Readonly<Record<OptimizerName, number>> = { sgd: 5e-4, rmsprop: 0, adam: 0, adamw: 0.01 }

/** Settles a training: options with their defaults. */
export function settle(
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
