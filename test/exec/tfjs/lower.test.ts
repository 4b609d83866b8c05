import { expect, test } from '@jest/globals'
import { lower } from '../../../src/exec/tfjs/lower.ts'
import { backward } from '../../../src/grad.ts'
import { toposort } from '../../../src/graph.ts'
import { constant, input, type Tensor } from '../../../src/tensor.ts'
import { IMAGE, NETS } from '../../support/nets.ts'
import { values } from '../../support/values.ts'

const transposes = (outputs: readonly Tensor[]): number =>
  toposort(outputs).filter(({ op }) => op.name === 'transpose').length

test.each(NETS)('maps stay with channels last from layer to layer: $name', ({ weights, logits }) => {
  const x = input(IMAGE, 'x')
  const w = weights.map((shape, i) => constant(Float32Array.from(values(shape, 1, -1, 1, i)), shape))
  const y = logits(x, w)
  const [g] = backward(y.mul(y).sum(), [x])
  // Where the picture comes in, at the ends, and where rows are made of maps and maps of rows.
  expect(transposes(lower([y, g], () => true))).toBeLessThanOrEqual(4)
})
