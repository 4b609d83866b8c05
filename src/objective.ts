import type { Auxiliary } from './network.ts'
import { crossEntropy as crossEntropyOf } from './nn.ts'
import { logSoftmax } from './ops/softmax.ts'
import type { Random } from './random.ts'
import type { Tensor } from './tensor.ts'

/** A network at its current weights, as an objective applies it to a batch of pictures [B, C, H, W] in [0, 1]. */
export interface Model {
  /** In training: normalised by the batch, whose figures move the running ones, and with dropout. */
  train(x: Tensor): { readonly logits: Tensor; readonly auxiliary: readonly Auxiliary[] }
  /** As it will be used: by running figures, without dropout. [N, K] */
  evaluate(x: Tensor): Tensor
}

/** How far training is: `step` of `steps`, from 0, `perEpoch` of them in an epoch. */
export interface Progress {
  readonly step: number
  readonly steps: number
  readonly perEpoch: number
}

/** What a loss is made of: a batch of B pictures and the network at its current weights. */
export interface Batch {
  readonly model: Model
  /** The pictures, augmented, [B, C, H, W] in [0, 1]. */
  readonly x: Tensor
  /** Their classes, one-hot, [B, K]. */
  readonly y: Tensor
  /** Those of `Objective.numbers`, scalars. */
  readonly numbers: Readonly<Record<string, Tensor>>
  /** New at every step, for each picture its own. */
  readonly random: Random
}

/** Looks for other pictures to train on, at the weights before the step: a program of its own, run `steps` times. */
export interface Inner {
  readonly steps: number
  start(batch: Batch): Tensor
  /** The next point, of the shape of x. */
  step(point: Tensor, batch: Batch): Tensor
}

/** What training makes small. */
export interface Objective {
  readonly inner?: Inner
  /** Numbers that change as training goes on. */
  readonly numbers?: Readonly<Record<string, (at: Progress) => number>>
  /** The loss, a scalar, and the logits by which accuracy is shown, [B, K]. `point`: where `inner` ended, else x. */
  loss(batch: Batch & { readonly point: Tensor }): { readonly loss: Tensor; readonly logits: Tensor }
}

/**
 * The mean cross-entropy with smoothed labels (Szegedy et al. 2016, https://arxiv.org/abs/1512.00567, §7), auxiliary heads
 * by their shares (§4). `prior`: what the smoothed part of a label is spread over, by class; all alike when absent.
 *
 *     J = −Σₖ q(k) log p(k),   q(k) = (1 − ε)·[k = y] + ε·u(k)
 */
export const crossEntropy = ({ smoothing = 0, prior }: { smoothing?: number; prior?: Tensor } = {}): Objective => ({
  loss({ model, x, y }) {
    const { logits, auxiliary } = model.train(x)
    const one = (z: Tensor): Tensor => smoothed(z, y, smoothing, prior)
    const loss = auxiliary.reduce((sum, head) => sum.add(one(head.logits).mul(head.share)), one(logits))
    return { loss, logits }
  },
})

/** The mean over the batch, a scalar in [1, 1]. */
export function smoothed(logits: Tensor, y: Tensor, smoothing: number, prior?: Tensor): Tensor {
  const own = crossEntropyOf(logits, y).mean([0])
  if (smoothing === 0) return own
  const spread = logSoftmax(logits).mul(prior ?? 1 / logits.shape[1])
  return own.mul(1 - smoothing).sub(spread.sum([1]).mean([0]).mul(smoothing))
}
