import type { Case } from './case.ts'
import { conv } from './cases/conv.ts'
import { elementwise } from './cases/elementwise.ts'
import { layers } from './cases/layers.ts'
import { matmul } from './cases/matmul.ts'
import { pool } from './cases/pool.ts'
import { quantize } from './cases/quantize.ts'
import { reduce } from './cases/reduce.ts'
import { shape } from './cases/shape.ts'

/** Every operator in every mode that matters. Each executor's tests run this table. */
export const cases: readonly Case[] = [
  ...elementwise,
  ...reduce,
  ...matmul,
  ...shape,
  ...conv,
  ...pool,
  ...quantize,
  ...layers,
]
