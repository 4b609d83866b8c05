// Functions composed from operators. No gradient rules here: grad() derives them.
import { abs, maximum, neg, softplus } from './ops/elementwise.ts'
import { kthLargest } from './ops/reduce.ts'
import { logSoftmax, logSumExp } from './ops/softmax.ts'
import type { Tensor } from './tensor.ts'

/** The best of the other classes: logits with that of the one-hot `y` out of reach. */
const others = (logits: Tensor, y: Tensor): Tensor => logits.sub(y.mul(1e9))
const own = (logits: Tensor, y: Tensor): Tensor => logits.mul(y).sum([1])

/**
 * −log p(y | x) per image, [N, 1]; `logits` and the one-hot `y` are [N, K].
 *
 *     J = log Σₖ exp(zₖ) − z_y = log(1 + exp(log Σ_{k≠y} exp(zₖ) − z_y))
 *
 * In the second form the gradient is a small factor times a direction that is exact, however sure the model is.
 */
export const crossEntropy = (logits: Tensor, y: Tensor): Tensor => softplus(logOdds(logits, y))

/** log((1 − p_y) / p_y) per image, [N, 1]: it grows with the cross-entropy, and is not rounded to 0 as that is. */
export const logOdds = (logits: Tensor, y: Tensor): Tensor => logSumExp(others(logits, y)).sub(own(logits, y))

/**
 * The same in its textbook form, −log softmax(z)_y per image. In float32 the gradient's part 1 − p_y is rounded to 0
 * where the model is sure, and with it most of the direction: for figures that shall compare with published ones.
 */
export const softmaxCrossEntropy = (logits: Tensor, y: Tensor): Tensor => neg(own(logSoftmax(logits), y))

/**
 * The lead that a class must have before we call a picture adversarial, as a share of max(1, max|z|): less than that
 * and another runtime may disagree. A tie is robust.
 */
export const LEAD = 1e-3

/** By how much a lead over the other classes is more than what counts as one, per image, [N, 1]. */
export const beyondLead = (lead: Tensor, logits: Tensor): Tensor => lead.sub(maximum(abs(logits).max([1]), 1).mul(LEAD))

/** max_{k≠y} zₖ − z_y per image, [N, 1]: above 0 when some other class wins. */
export const margin = (logits: Tensor, y: Tensor): Tensor => others(logits, y).max([1]).sub(own(logits, y))

/**
 * The difference of logits ratio per image, [N, 1]: a margin that no rescaling of the logits changes (Croce and Hein 2020,
 * https://arxiv.org/abs/2003.01690, §4.1). π sorts the logits, the largest first.
 *
 *     DLR(z, y) = (max_{k≠y} zₖ − z_y) / (z_π₁ − z_π₃)
 *
 * With two classes there is no third logit, and it is the margin.
 */
export const dlr = (logits: Tensor, y: Tensor): Tensor => {
  if (logits.shape[1] < 3) return margin(logits, y)
  const spread = kthLargest(logits, 1).sub(kthLargest(logits, 3))
  return margin(logits, y).div(maximum(spread, TINY))
}

/**
 * The same towards a class `aim`, one-hot as `y` is (ibid., §4.2).
 *
 *     DLR(z, y, t) = (z_t − z_y) / (z_π₁ − (z_π₃ + z_π₄) / 2)
 *
 * With three classes π₃ stands for both; with two it is z_t − z_y.
 */
export const targetedDlr = (logits: Tensor, y: Tensor, aim: Tensor): Tensor => {
  const lead = own(logits, aim).sub(own(logits, y))
  const K = logits.shape[1]
  if (K < 3) return lead
  const low = kthLargest(logits, 3)
    .add(kthLargest(logits, Math.min(4, K)))
    .div(2)
  return lead.div(maximum(kthLargest(logits, 1).sub(low), TINY))
}

const TINY = 1e-12
