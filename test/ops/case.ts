import { N, type Shape } from '../../src/shape.ts'
import { input, type Tensor } from '../../src/tensor.ts'
import { values } from '../support/values.ts'

/** A function of one or several tensors, and where to try it: away from kinks, ties and poles. */
export interface Case {
  readonly name: string
  readonly inputs: readonly Domain[]
  f(...xs: Tensor[]): Tensor
}

export interface Domain {
  readonly shape: Shape
  readonly lo: number
  readonly hi: number
}

export const domain = (shape: Shape, lo = -1.1, hi = 1): Domain => ({ shape, lo, hi })

export const inputsOf = ({ inputs }: Case): Tensor[] => inputs.map(({ shape }, i) => input(shape, `x${i}`))

export const valuesOf = ({ inputs }: Case, batch: number): Float64Array[] =>
  inputs.map(({ shape, lo, hi }, i) => values(shape, batch, lo, hi, i))

/** [N, …lengths] */
export const images = (...lengths: number[]): Shape => [N, ...lengths]
