import { expected } from '../errors.ts'
import type { Progress } from '../objective.ts'

/** What the learning rate and the momentum are at a step. */
export interface Schedule {
  rate(at: Progress): number
  momentum(at: Progress): number
}

export interface ScheduleSettings {
  /** The highest learning rate. */
  readonly rate: number
  readonly momentum: number
  /** Epochs in which the rate rises from 0 to its height; not with `one-cycle`, which rises by itself. */
  readonly warmUp: number
}

export const SCHEDULES = ['one-cycle', 'cosine', 'step', 'constant'] as const
export type ScheduleName = (typeof SCHEDULES)[number]

/** By name. Throws a usage error for a warm-up where the schedule has its own. */
export function schedule(name: ScheduleName, settings: ScheduleSettings): Schedule {
  if (name !== 'one-cycle') return warmedUp(SHAPES[name], settings)
  if (settings.warmUp > 0)
    throw expected('usage', '0', '--warm-up', settings.warmUp, "The schedule 'one-cycle' rises by itself.")
  return oneCycle(settings)
}

/** The rate as a share of its height, by the share of training that is done. */
const SHAPES: Readonly<Record<Exclude<ScheduleName, 'one-cycle'>, (done: number) => number>> = {
  /** Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983, (5), without restarts. */
  cosine: done => (1 + Math.cos(Math.PI * done)) / 2,
  /** A tenth after a half, and again after three quarters (He et al. 2015, https://arxiv.org/abs/1512.03385, §4.2). */
  step: done => (done < 0.5 ? 1 : done < 0.75 ? 0.1 : 0.01),
  constant: () => 1,
}

const warmedUp = (shape: (done: number) => number, { rate, momentum, warmUp }: ScheduleSettings): Schedule => ({
  rate({ step, steps, perEpoch }) {
    const rising = warmUp * perEpoch
    if (step < rising) return (rate * (step + 1)) / rising
    return rate * shape((step - rising) / Math.max(1, steps - rising))
  },
  momentum: () => momentum,
})

/**
 * Smith 2018 (https://arxiv.org/abs/1803.09820, §4), as PyTorch's OneCycleLR has it: the rate rises from a 25th of its
 * height along a cosine over the first 30 %, then falls to 4·10⁻⁶ of it; momentum goes from 0.95 to 0.85 and back.
 */
function oneCycle({ rate, momentum }: ScheduleSettings): Schedule {
  const between = (from: number, to: number, done: number): number =>
    to + ((from - to) / 2) * (1 + Math.cos(Math.PI * done))
  const at = ({ step, steps }: Progress, low: number, high: number, end: number): number => {
    const top = 0.3 * steps - 1
    return step <= top ? between(low, high, step / top) : between(high, end, (step - top) / (steps - 1 - top))
  }
  return {
    rate: progress => at(progress, rate / 25, rate, rate / 25e4),
    momentum: progress => (momentum === 0 ? 0 : at(progress, 0.95, 0.85, 0.95)),
  }
}
