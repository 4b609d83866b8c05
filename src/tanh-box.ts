import { clip, log, tanh } from './ops/elementwise.ts'
import type { Tensor } from './tensor.ts'

/** The box is this share of tanh's range: pure black and white can be left. */
const WIDER = 0.99

/** The picture of a free variable: x = clip((1 + tanh(w) / 0.99) / 2, 0, 1), element by element. */
export const intoBox = (w: Tensor): Tensor => clip(tanh(w).div(WIDER).add(1).div(2), 0, 1)

/** The w of a picture in [0, 1]. */
export function outOfBox(x: Tensor): Tensor {
  const inner = x.mul(2).sub(1).mul(WIDER)
  return log(inner.add(1).div(inner.mul(-1).add(1))).div(2) // atanh
}

/** ∂x/∂w, the clip handing its gradient through: (1 − tanh²(w)) / 1.98. */
export const boxSlope = (w: Tensor): Tensor =>
  tanh(w)
    .mul(tanh(w))
    .mul(-1)
    .add(1)
    .div(2 * WIDER)
