import { ShapeError } from '../errors.ts'
import { equal, show } from '../shape.ts'
import { bind, type Tensor } from '../tensor.ts'
import { minimum, positive } from './elementwise.ts'
import type { Op } from './op.ts'
import { toEven } from './rounding.ts'

/** Whether the gradient of an operator is not its derivative: rounding is taken for no rounding. */
export const isStraightThrough = (op: Op): boolean => op === quantiseOp || op === straightThroughOp

/**
 * x rounded to whole numbers, halves to even ones, and held in [lo, hi]. The gradient passes straight through: 1 where
 * the rounded number lies in [lo, hi], else 0.
 * Bengio et al. 2013, https://arxiv.org/abs/1308.3432, §4
 */
export const quantise = (x: Tensor, lo: number, hi: number): Tensor => bind(quantiseOp, [x], { lo, hi })
const quantiseOp: Op = {
  name: 'quantise',
  shape: ([x]) => x,
  onnx(emit, [x], { attrs: { lo, hi } }) {
    const held = emit.node('Clip', [x, emit.floats([lo as number], []), emit.floats([hi as number], [])])
    return emit.node('Round', [held])
  },
  tfjs: (tf, [x], { attrs: { lo, hi } }) =>
    tf.run('Round', { x: tf.run('ClipByValue', { x }, { clipValueMin: lo, clipValueMax: hi }) }),
  js: ([x], { attrs: { lo, hi } }) => x.map(v => Math.min(Math.max(toEven(v), lo as number), hi as number)),
  vjp(g, _, [x], { lo, hi }) {
    const above = x.sub((lo as number) - 0.5)
    const below = x.mul(-1).add((hi as number) + 0.5)
    return [g.mul(positive(minimum(above, below)))]
  },
}

/**
 * The value of y with the gradient of x, of the same shape: y is a step, or has no gradient that leads anywhere, and is
 * near x. Athalye et al. 2018, https://arxiv.org/abs/1802.00420, §4.1 (BPDA)
 */
export const straightThrough = (y: Tensor, x: Tensor): Tensor => bind(straightThroughOp, [y, x])
const straightThroughOp: Op = {
  name: 'straightThrough',
  shape([y, x]) {
    if (!equal(y, x)) throw new ShapeError(`No gradient passes straight from [${show(y)}] to [${show(x)}]`)
    return y
  },
  onnx: (emit, [y]) => emit.node('Identity', [y]),
  tfjs: (tf, [y]) => tf.run('Identity', { x: y }),
  js: ([y]) => y,
  vjp: g => [null, g],
}

/** x as it is, for which no gradient flows. */
export const held = (x: Tensor): Tensor => bind(heldOp, [x])
const heldOp: Op = {
  name: 'held',
  shape: ([x]) => x,
  onnx: 'Identity',
  tfjs: 'Identity',
  js: ([x]) => x,
  vjp: () => [null],
}
