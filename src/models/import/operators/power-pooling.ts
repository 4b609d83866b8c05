import { expected } from '../../../errors.ts'
import { abs, pow } from '../../../ops/elementwise.ts'
import { averagePool } from '../../../ops/pool.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { root } from '../root.ts'
import { overPicture, pooling } from './pooling.ts'

/** The p-norm from |x|ᵖ, folded by `sum`. */
function norm(call: Call, x: Tensor, sum: (powers: Tensor) => Tensor): Tensor {
  const p = call.int('p', 2)
  if (!(p >= 1 && p <= 64)) throw expected('model', 'a whole number from 1 to 64', "its attribute 'p'", p)
  if (p === 1) return sum(abs(x))
  if (p === 2) return root(sum(x.mul(x)))
  const even = root(sum(pow(abs(x), p))) // no further from 0 than what the root lets through
  return pow(even, 2 / p)
}

/** (Σ |x|ᵖ)^(1/p) over each window. */
const lpPool: Operator = call => {
  const x = call.tensor(0)
  const { attrs } = pooling(call, x)
  const places = attrs.kernel[0] * attrs.kernel[1]
  return norm(call, x, powers => averagePool(powers, attrs, true).mul(places))
}

const globalLpPool: Operator = call => {
  const x = call.tensor(0)
  const axes = overPicture(x)
  return norm(call, x, powers => powers.sum(axes))
}

export const POWER_POOLINGS: Operators = { LpPool: lpPool, GlobalLpPool: globalLpPool }
