import { ACTIVATIONS } from './blocks/activation.ts'
import { ARITHMETIC } from './blocks/arithmetic.ts'
import { CONVOLUTIONS } from './blocks/convolution.ts'
import { MATRICES } from './blocks/matrix.ts'
import { MOVEMENTS } from './blocks/movement.ts'
import { NORMALIZATIONS } from './blocks/normalization.ts'
import { POOLINGS } from './blocks/pooling.ts'
import type { Blocks } from './random-net.ts'

/** What nets are made of, by family: a family is as likely as another, whatever its size. */
export const FAMILIES: Readonly<Record<string, Blocks>> = {
  convolutions: CONVOLUTIONS,
  poolings: POOLINGS,
  activations: ACTIVATIONS,
  normalizations: NORMALIZATIONS,
  arithmetic: ARITHMETIC,
  movements: MOVEMENTS,
  matrices: MATRICES,
}
