import { abs, greater, maximum, minimum, mul, notANumber, where } from '../../../ops/elementwise.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Operator, Operators } from '../call.ts'
import * as linear from '../linear.ts'

// Truth is 1 or 0.

type Binary = (a: Tensor, b: Tensor) => Tensor

const not = (x: Tensor): Tensor => x.mul(-1).add(1)
const opposite = ([truth]: linear.Term): linear.Term => [1 - truth, 0]

const binary = (rule: linear.Rule, f: Binary): Operator =>
  linear.orKnown(rule, call => f(call.tensor(0), call.tensor(1)), 'bool')

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
  Equal: binary(linear.equal, (a, b) => not(greater(a, b)).sub(greater(b, a))),
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
  Where: linear.orKnown(linear.choose, call => where(call.tensor(0), call.tensor(1), call.tensor(2))),
}
