import { sqrt } from '../ops/elementwise.ts'
import { adam as adamStep } from '../optimizers.ts'
import type { Tensor } from '../tensor.ts'

/** What an optimizer is told at a step; scalars. */
export interface Pace {
  readonly rate: Tensor
  readonly momentum: Tensor
  /** A number that depends on the step's number t alone, from 0. */
  readonly schedule: (f: (t: number) => number) => Tensor
}

/** A weight and what the optimizer remembers of it, each of the weight's shape and at first 0. */
type Memory = Readonly<Record<string, Tensor>>

/** An update rule: element by element, the same for all weights. */
export interface Optimizer {
  readonly remembers: readonly string[]
  update(w: Tensor, g: Tensor, memory: Memory, pace: Pace): { readonly w: Tensor; readonly memory: Memory }
}

export const OPTIMIZERS = ['sgd', 'rmsprop', 'adam', 'adamw'] as const
export type OptimizerName = (typeof OPTIMIZERS)[number]

export interface OptimizerSettings {
  readonly decay: number
  readonly nesterov: boolean
}

/** By name, with the constants of PyTorch, whose formulas these are (https://docs.pytorch.org/docs/stable/optim.html). */
export const optimizer = (name: OptimizerName, settings: OptimizerSettings): Optimizer => MAKERS[name](settings)

const MAKERS: Readonly<Record<OptimizerName, (settings: OptimizerSettings) => Optimizer>> = {
  sgd,
  rmsprop,
  adam,
  adamw,
}

/**
 * Stochastic gradient descent with momentum, Nesterov's where asked (Sutskever et al. 2013,
 * https://proceedings.mlr.press/v28/sutskever13.html), and weight decay as a gradient.
 *
 *     g ← g + λ·w,   m ← μ·m + g,   w ← w − η·m     (Nesterov: w − η·(g + μ·m))
 */
function sgd({ decay, nesterov }: OptimizerSettings): Optimizer {
  return {
    remembers: ['momentum'],
    update(w, gradient, { momentum: before }, { rate, momentum: mu }) {
      const g = decayed(gradient, w, decay)
      const momentum = before.mul(mu).add(g)
      const way = nesterov ? g.add(momentum.mul(mu)) : momentum
      return { w: w.sub(way.mul(rate)), memory: { momentum } }
    },
  }
}

/**
 * RMSProp (Tieleman and Hinton 2012, Coursera lecture 6.5) with momentum and weight decay as a gradient.
 *
 *     v ← 0.99·v + 0.01·g²,   m ← μ·m + g / (√v + 10⁻⁸),   w ← w − η·m
 */
function rmsprop({ decay }: OptimizerSettings): Optimizer {
  return {
    remembers: ['square', 'momentum'],
    update(w, gradient, memory, { rate, momentum: mu }) {
      const g = decayed(gradient, w, decay)
      const square = memory.square.mul(0.99).add(g.mul(g).mul(0.01))
      const momentum = memory.momentum.mul(mu).add(g.div(sqrt(square).add(1e-8)))
      return { w: w.sub(momentum.mul(rate)), memory: { square, momentum } }
    },
  }
}

/** Adam with weight decay as a gradient (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980). */
function adam({ decay }: OptimizerSettings): Optimizer {
  return {
    remembers: ['m', 'v'],
    update(w, gradient, { m, v }, { rate, schedule }) {
      const { step, ...memory } = adamStep(decayed(gradient, w, decay), { m, v }, schedule)
      return { w: w.sub(step.mul(rate)), memory }
    },
  }
}

/** Adam whose weight decay is no gradient: w ← (1 − η·λ)·w first (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101). */
function adamw({ decay }: OptimizerSettings): Optimizer {
  const plain = adam({ decay: 0, nesterov: false })
  return {
    remembers: plain.remembers,
    update: (w, g, memory, pace) => plain.update(decay === 0 ? w : w.sub(w.mul(pace.rate.mul(decay))), g, memory, pace),
  }
}

const decayed = (g: Tensor, w: Tensor, decay: number): Tensor => (decay === 0 ? g : g.add(w.mul(decay)))
