import { activated, add, clipped, conv, convInput, convWeight, mul } from './conv-rules.ts'
import { averagePool, globally, maxPool, maxPoolInput } from './pool-rules.ts'
import type { Rule } from './rule.ts'
import { concat, place, repeat } from './shape-rules.ts'
import { slice } from './slice-rule.ts'

/** By the operator's name; elementwise ones that are not here go by one rule. */
export const RULES: Readonly<Record<string, Rule>> = {
  conv,
  convInput,
  convWeight,
  relu: activated(() => ({ kind: 'Relu' })),
  clamp: activated(clipped),
  add,
  mul,
  maxPool,
  maxPoolInput,
  averagePool,
  mean: globally('GlobalAveragePool'),
  sum: globally('GlobalAveragePool', true),
  max: globally('GlobalMaxPool'),
  concat,
  slice,
  place,
  expand: repeat,
}
