import { bind, type Tensor } from '../tensor.ts'
import type { Op } from './op.ts'

/**
 * Where training forgets a share `rate` of the values, each with that probability (Srivastava et al. 2014,
 * https://jmlr.org/papers/v15/srivastava14a.html), and scales the others up; a trained network changes nothing.
 */
export const dropout = (x: Tensor, rate: number): Tensor => bind(dropoutOp, [x], { rate })

const dropoutOp: Op = {
  name: 'dropout',
  shape: ([x]) => x,
  vjp: g => [g],
  onnx: { as: ({ inputs: [x] }) => x },
  tfjs: { as: ({ inputs: [x] }) => x },
  js: ([x]) => x,
}
