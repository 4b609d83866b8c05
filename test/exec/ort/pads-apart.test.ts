import { expect, test } from '@jest/globals'
import { evaluate } from '../../../src/evaluate.ts'
import { padsApart } from '../../../src/exec/ort/pads-apart.ts'
import { toposort } from '../../../src/graph.ts'
import { type Convolution, conv } from '../../../src/ops/conv.ts'
import { constant, input } from '../../../src/tensor.ts'
import { values } from '../../support/values.ts'

const x = input([-1, 4, 5, 6], 'x')
const some = (shape: readonly number[]) => constant(Float32Array.from(values(shape, 1, -1, 1, 3)), shape)

test.each<[string, Partial<Convolution>, boolean]>([
  ['at the end', { pads: [0, 0, 1, 2] }, false],
  ['on all sides, with a bias', { pads: [1, 2, 3, 1] }, true],
  ['with strides, in groups', { pads: [1, 0, 2, 1], strides: [2, 3], group: 2 }, true],
])('pads %s are behind a 1x1 convolution', (_, attrs, biased) => {
  const before = conv(x, some([6, 4 / (attrs.group ?? 1), 1, 1]), attrs, biased ? some([6]) : undefined)
  const [after] = padsApart([before])
  for (const { op, attrs } of toposort([after])) if (op.name === 'conv') expect(attrs.pads).toEqual([0, 0, 0, 0])
  const feeds = new Map([[x, values(x.shape, 2, -1, 1, 5)]])
  const [wanted, got] = evaluate([before, after], feeds, 2)
  for (const [i, v] of wanted.entries()) expect(got[i]).toBeCloseTo(v, 12)
})

test('other convolutions keep theirs', () => {
  const y = conv(x, some([2, 4, 3, 3]), { pads: [1, 1, 1, 1] })
  expect(padsApart([y])).toEqual([y])
})
