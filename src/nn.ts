// Functions composed from operators. No gradient rules here: grad() derives them.
import { abs, maximum, neg, softplus } from './ops/elementwise.ts'
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
export const crossEntropy = (logits: Tensor, y: Tensor): Tensor =>
  softplus(logSumExp(others(logits, y)).sub(own(logits, y)))

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
