import { batchNorm, normaliseByBatch } from '../../../src/ops/batch-norm.ts'
import { dropout } from '../../../src/ops/dropout.ts'
import { type Case, domain, images } from '../case.ts'

/** Operators that training exchanges for others. */
export const layers: readonly Case[] = [
  {
    name: 'batch normalisation by running figures',
    inputs: [domain(images(3, 4, 2)), domain([3]), domain([3]), domain([3]), domain([3], 0.5, 2)],
    f: (x, gamma, beta, mean, variance) => batchNorm(x, { gamma, beta, mean, variance }, { epsilon: 1e-5 }),
  },
  {
    name: 'batch normalisation by the batch',
    inputs: [domain([5, 3, 4, 2]), domain([3]), domain([3])],
    f: (x, gamma, beta) => normaliseByBatch(x, gamma, beta, { epsilon: 1e-5 }),
  },
  { name: 'dropout that is not in training', inputs: [domain(images(3))], f: x => dropout(x, 0.5) },
]
