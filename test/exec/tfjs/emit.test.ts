import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../../../src/evaluate.ts'
import { emitTfjs } from '../../../src/exec/tfjs/emit.ts'
import { writeTfjs } from '../../../src/formats/tfjs/write.ts'
import { loadModel } from '../../../src/models/load.ts'
import { type Convolution, conv } from '../../../src/ops/conv.ts'
import { clip, maximum, positive, relu } from '../../../src/ops/elementwise.ts'
import { averagePool, maxPool, type Pooling } from '../../../src/ops/pool.ts'
import { expand, reshape, reverse, transpose } from '../../../src/ops/shape.ts'
import { concat, pad, place, slice } from '../../../src/ops/slice.ts'
import { softmax } from '../../../src/ops/softmax.ts'
import { take } from '../../../src/ops/take.ts'
import { constant, input, type Tensor } from '../../../src/tensor.ts'
import { folderOf } from '../../io/folder.ts'
import { values } from '../../support/values.ts'

// Graphs that are written as GraphModels and read again. TensorFlow.js itself runs some in test/cli/convert.test.ts.

const x = input([-1, 3, 8, 7], 'x')
const some = (shape: readonly number[], seed = 1): Tensor =>
  constant(Float32Array.from(values(shape, 1, -1, 1, seed)), shape)
const wide = conv(x, some([4, 3, 1, 1]))

/** A map as a row of scores. */
const scores = (y: Tensor): Tensor => reshape(y, [-1, y.shape.slice(1).reduce((a, b) => a * b, 1)])

const window = (pads: Pooling['pads'], stride = 2): Pooling => ({
  kernel: [3, 3],
  strides: [stride, stride],
  dilations: [1, 1],
  pads,
})
const walk = (more: Partial<Convolution>): Partial<Convolution> => more

const CASES: Readonly<Record<string, () => Tensor>> = {
  'a convolution with SAME pads': () => conv(x, some([5, 3, 3, 3]), walk({ pads: [1, 1, 1, 1] }), some([5])),
  'with other pads, in steps': () => conv(x, some([5, 3, 3, 2]), walk({ pads: [2, 0, 1, 1], strides: [2, 3] })),
  dilated: () => conv(x, some([2, 3, 2, 2]), walk({ dilations: [2, 3] })),
  'in groups': () => conv(wide, some([6, 2, 3, 3]), walk({ group: 2 })),
  'for each channel': () => conv(wide, some([8, 1, 3, 3]), walk({ group: 4 })),
  'largest, with pads that are not SAME': () => maxPool(wide.sub(3), window([1, 1, 1, 1])),
  'largest, SAME': () => maxPool(wide, window([0, 1, 1, 1])),
  'means that leave pads out': () => averagePool(wide, window([1, 1, 1, 1])),
  'means that leave SAME pads out': () => averagePool(wide, window([1, 1, 1, 1], 1)),
  'means that count pads': () => averagePool(wide, window([1, 1, 1, 1], 1), true),
  'bounds on one side': () => clip(clip(wide, -0.3, Infinity), -Infinity, 0.4).add(positive(wide)),
  'numbers beside pictures': () =>
    wide
      .mul(some([4, 1, 1]))
      .add(some([7]))
      .div(some([1, 4, 8, 1]).add(3)),
  'a gate': () => wide.mul(relu(wide.mean([2, 3]))),
  'rows and columns': () => wide.max([2]).add(wide.sum([3])),
  'pads and parts': () => slice(pad(wide, [0, 1, 0, 2], [0, 0, 1, 0]), [0, 1, 2, 1], [-1, 4, 3, 4], [1, 1, 3, 2]),
  'channels joined and turned round': () => reverse(concat([wide, x, wide], 1), [1, 3]),
  'pixels that are picked': () => take(wide, [5, 0, 0, 3], 2),
  'pixels that are repeated': () =>
    reshape(expand(reshape(wide, [-1, 4, 8, 1, 7, 1]), [-1, 4, 8, 2, 7, 3]), [-1, 4, 16, 21]),
  'channels shuffled': () => reshape(transpose(reshape(wide, [-1, 2, 2, 8, 7]), [0, 2, 1, 3, 4]), [-1, 4, 8, 7]),
  'matrices and stacks of them': () => {
    const rows = reshape(wide, [-1, 4, 56])
    return softmax(rows.matmul(transpose(rows, [0, 2, 1]))).matmul(maximum(rows, 0))
  },
}

describe('what is written is what is read', () => {
  test.each(Object.entries(CASES))('%s', async (_, make) => {
    const logits = scores(make())
    const folder = await folderOf()
    const path = join(folder, 'model.json')
    await writeTfjs(path, emitTfjs({ input: x, logits, batch: 'any' }, new Map([['advx.preprocessing', 'raw']])))
    const model = await loadModel(path)
    expect(model.preprocessing.name).toBe('raw')
    const picture = values(x.shape, 2, 0, 1, 3)
    const [before] = evaluate([logits], new Map([[x, picture.map(v => 255 * v)]]), 2)
    const [after] = evaluate([model.graph.logits], new Map([[model.graph.input, picture]]), 2)
    const largest = Math.max(...before.map(Math.abs))
    for (const [i, v] of before.entries()) expect(Math.abs(after[i] - v) / largest).toBeLessThan(1e-6)
  })
})

test.each<[string, () => Tensor, string]>([
  [
    'an operator without a form',
    () => wide.add(place(slice(wide, [0, 0, 0, 0], [-1, 4, 4, 7]), [-1, 4, 8, 7], [0, 0, 0, 0], [1, 1, 2, 1])),
    'Zeros between elements',
  ],
  ['weights that are computed', () => conv(wide, reshape(relu(some([16])), [4, 4, 1, 1])), 'by what is computed'],
  ['dilated pooling', () => maxPool(wide, { ...window([0, 0, 0, 0]), dilations: [2, 2] }), 'A dilated pooling'],
])('%s is told', (_, make, message) => {
  expect(() => emitTfjs({ input: x, logits: scores(make()), batch: 'any' }, new Map())).toThrow(message)
})
