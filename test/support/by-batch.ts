import { sqrt } from '../../src/ops/elementwise.ts'
import type { Tensor } from '../../src/tensor.ts'

/** Each channel of [B, C, H, W] with the mean 0 and the variance 1 over the batch. */
export function byBatch(x: Tensor): Tensor {
  const over = (t: Tensor): Tensor => t.mean([2, 3]).mean([0])
  const centred = x.sub(over(x))
  return centred.div(sqrt(over(centred.mul(centred)).add(1e-3)))
}
