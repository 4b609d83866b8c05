import { conv, PLAIN } from '../../src/ops/conv.ts'
import { clip, relu, sigmoid } from '../../src/ops/elementwise.ts'
import { averagePool, maxPool, type Pooling } from '../../src/ops/pool.ts'
import { reshape } from '../../src/ops/shape.ts'
import { concat } from '../../src/ops/slice.ts'
import { N, type Shape } from '../../src/shape.ts'
import type { Tensor } from '../../src/tensor.ts'

/** A small classifier of [N, 2, 6, 6] into 3 classes. */
export interface Net {
  readonly name: string
  readonly weights: readonly Shape[]
  logits(x: Tensor, weights: readonly Tensor[]): Tensor
}

export const IMAGE: Shape = [N, 2, 6, 6]
export const CLASSES = 3

const window = (attrs: Partial<Pooling>): Pooling => ({ ...PLAIN, kernel: [2, 2], strides: [2, 2], ...attrs })
const SAME = { pads: [1, 1, 1, 1] } as const

export const NETS: readonly Net[] = [
  {
    name: 'conv, relu, max pooling, fully connected',
    weights: [[4, 2, 3, 3], [4], [36, 3], [1, 3]],
    logits: (x, [w, b, v, c]) =>
      reshape(maxPool(relu(conv(x, w, SAME, b)), window({})), [N, 36])
        .matmul(v)
        .add(c),
  },
  {
    name: 'depthwise, clamp to 0..6, residual',
    weights: [[6, 2, 1, 1], [6], [6, 1, 3, 3], [2, 6, 1, 1], [2], [3, 2, 3, 3]],
    logits(x, [w1, b1, w2, w3, b3, w4]) {
      const wide = clip(conv(x, w1, {}, b1).mul(4), 0, 6)
      const deep = clip(conv(wide, w2, { ...SAME, group: 6 }).mul(2), 0, 6)
      const sum = conv(deep, w3, {}, b3).add(x)
      return reshape(conv(sum, w4, { ...SAME, strides: [2, 2] }).mean([2, 3]), [N, 3])
    },
  },
  {
    name: 'branches, average and max pooling, sigmoid',
    weights: [[2, 2, 3, 3], [3, 2, 1, 1], [7, 1, 2, 2], [7], [63, 3]],
    logits(x, [w1, w2, w3, b3, v]) {
      const a = sigmoid(conv(x, w1, SAME))
      const b = conv(averagePool(x, window({ kernel: [3, 3], strides: [1, 1], ...SAME })), w2)
      const c = maxPool(x, window({ kernel: [3, 3], strides: [1, 1], ...SAME }))
      const all = sigmoid(conv(concat([a, b, c], 1), w3, { group: 7, strides: [2, 2] }, b3))
      return reshape(all, [N, 63]).matmul(v)
    },
  },
]
