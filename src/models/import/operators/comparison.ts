import { expected } from '../../../errors.ts'
import { abs, greater, maximum, minimum, mul, notANumber, where } from '../../../ops/elementwise.ts'
import { reshape } from '../../../ops/shape.ts'
import { slice } from '../../../ops/slice.ts'
import { constant, type Tensor } from '../../../tensor.ts'
import { axisOf } from '../axes.ts'
import type { Operator, Operators } from '../call.ts'
import * as linear from '../linear.ts'

// Truth is 1 or 0.

type Binary = (a: Tensor, b: Tensor) => Tensor

const not = (x: Tensor): Tensor => x.mul(-1).add(1)
const opposite = ([truth]: linear.Term): linear.Term => [1 - truth, 0]

const binary = (rule: linear.Rule, f: Binary): Operator =>
  linear.orKnown(rule, call => f(call.tensor(0), call.tensor(1)), 'bool')

const equals: Binary = (a, b) => not(greater(a, b)).sub(greater(b, a))

/** `on` where the place along a new axis is the index, else `off`; indices count from the end where negative. */
const oneHot: Operator = call => {
  const index = call.tensor(0)
  const [depth, choice] = [call.scalar(1), call.tensor(2)]
  if (!(Number.isInteger(depth) && depth >= 1)) throw expected('model', 'a number from 1 on', 'its depth', depth)
  if (choice.shape.length !== 1 || choice.shape[0] !== 2) throw expected('model', 'two values', 'it', choice.shape)
  const axis = axisOf(call.int('axis', -1), index.shape.length + 1)
  call.setting.budget.activation([...index.shape, depth])
  const places = constant(
    Float32Array.from({ length: depth }, (_, i) => i),
    [depth, ...index.shape.slice(axis).map(() => 1)],
  )
  const counted = index.add(greater(0, index).mul(depth))
  const hot = equals(reshape(counted, index.shape.toSpliced(axis, 0, 1)), places)
  const [off, on] = [0, 1].map(i => slice(choice, [i], [1]))
  return hot.mul(on.sub(off)).add(off)
}

/** ±∞, or only one of them where an attribute leaves the other out. */
const isInfinite: Operator = call => {
  const [below, above] = [call.int('detect_negative', 1) !== 0, call.int('detect_positive', 1) !== 0]
  const x = call.tensor(0)
  if (!below && !above) return mul(notANumber(x), 0)
  return greater(below && above ? abs(x) : above ? x : x.mul(-1), LARGEST_FLOAT)
}
const LARGEST_FLOAT = 3.4028234663852886e38

export const COMPARISONS: Operators = {
  Greater: binary(linear.greater, greater),
  Less: binary(
    ([a, b], kind) => linear.greater([b, a], kind),
    (a, b) => greater(b, a),
  ),
  GreaterOrEqual: binary(
    ([a, b], kind) => opposite(linear.greater([b, a], kind)),
    (a, b) => not(greater(b, a)),
  ),
  LessOrEqual: binary(
    ([a, b], kind) => opposite(linear.greater([a, b], kind)),
    (a, b) => not(greater(a, b)),
  ),
  Equal: binary(linear.equal, equals),
  Not: linear.orKnown(
    ([x]) => opposite(x),
    call => not(call.tensor(0)),
    'bool',
  ),
  And: binary(linear.multiply, mul),
  Or: binary(linear.largest, maximum),
  Xor: binary(
    linear.fixed((a, b) => Number(a !== b)),
    (a, b) => maximum(a, b).sub(minimum(a, b)),
  ),
  IsNaN: call => notANumber(call.tensor(0)),
  IsInf: isInfinite,
  OneHot: oneHot,
  Where: linear.orKnown(linear.choose, call => where(call.tensor(0), call.tensor(1), call.tensor(2))),
}
