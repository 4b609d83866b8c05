import { sqrt } from './ops/elementwise.ts'
import type { Tensor } from './tensor.ts'

const [DECAY1, DECAY2, TINY] = [0.9, 0.999, 1e-8]

/** What Adam remembers: running means of the gradient and of its square, both of the gradient's shape, at first 0. */
export interface Moments {
  readonly m: Tensor
  readonly v: Tensor
}

/**
 * One step of Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, Algorithm 1), element by element.
 *
 *     m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²,   step = (m / (1 − β₁ᵗ⁺¹)) / (√(v / (1 − β₂ᵗ⁺¹)) + 10⁻⁸)
 *
 * `schedule` gives numbers that depend on the step's number t alone, as an attack's goal does.
 * @returns the new moments and the step of length 1 up the gradient.
 */
export function adam(
  g: Tensor,
  { m, v }: Moments,
  schedule: (f: (t: number) => number) => Tensor,
): Moments & { readonly step: Tensor } {
  const [mean, square] = [m.mul(DECAY1).add(g.mul(1 - DECAY1)), v.mul(DECAY2).add(g.mul(g).mul(1 - DECAY2))]
  const first = mean.div(schedule(t => 1 - DECAY1 ** (t + 1)))
  const second = sqrt(square.div(schedule(t => 1 - DECAY2 ** (t + 1))))
  return { m: mean, v: square, step: first.div(second.add(TINY)) }
}
