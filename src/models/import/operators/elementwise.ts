import { ShapeError } from '../../../errors.ts'
import {
  abs,
  add,
  cos,
  div,
  exp,
  greater,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  sign,
  sin,
  sqrt,
  sub,
  where,
} from '../../../ops/elementwise.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Operator, Operators } from '../call.ts'
import * as linear from '../linear.ts'
import { asNumbers } from '../value.ts'

type Unary = (x: Tensor) => Tensor
type Binary = (a: Tensor, b: Tensor) => Tensor

const unary =
  (f: Unary): Operator =>
  call =>
    f(call.tensor(0))
const binary =
  (f: Binary): Operator =>
  call =>
    f(call.tensor(0), call.tensor(1))
const all =
  (f: Binary): Operator =>
  call =>
    call
      .values()
      .map((_, i) => call.tensor(i))
      .reduce(f)

const not = (x: Tensor): Tensor => x.mul(-1).add(1)
const equal: Binary = (a, b) => not(greater(a, b)).sub(greater(b, a))

/** Small exponents as products: exact, and with a gradient also where the base is not positive. */
const power: Operator = call => {
  const base = call.tensor(0)
  const known = asNumbers(call.value(1))
  const exponent = known?.data.length === 1 && !known.batch ? known.data[0] : undefined
  if (exponent === 1) return base
  if (exponent === 2) return base.mul(base)
  if (exponent === 3) return base.mul(base).mul(base)
  if (exponent === 0.5) return sqrt(base)
  return pow(base, call.tensor(1))
}

/** Rounding has no gradient; only numbers that are known are rounded. */
const known: Operator = () => {
  throw new ShapeError('It rounds or combines values of the picture, which has no gradient.')
}

export const ELEMENTWISE: Operators = {
  Add: linear.orKnown(linear.add, binary(add)),
  Sub: linear.orKnown(linear.subtract, binary(sub)),
  Mul: linear.orKnown(linear.multiply, binary(mul)),
  Div: linear.orKnown(linear.divide, binary(div)),
  Neg: linear.orKnown(([x]) => linear.subtract([[0, 0], x], 'int'), unary(neg)),
  Abs: linear.orKnown(linear.fixed(Math.abs), unary(abs)),
  Sign: linear.orKnown(linear.fixed(Math.sign), unary(sign)),
  Pow: linear.orKnown(linear.fixed(Math.pow), power),
  Sqrt: linear.orKnown(linear.fixed(Math.sqrt), unary(sqrt)),
  Reciprocal: unary(x => div(1, x)),
  Exp: unary(exp),
  Log: unary(log),
  Sin: unary(sin),
  Cos: unary(cos),
  Floor: linear.orKnown(linear.fixed(Math.floor), known),
  Ceil: linear.orKnown(linear.fixed(Math.ceil), known),
  // The remainder has the sign of the divisor, unless the attribute fmod says that of the dividend.
  Mod: call =>
    linear.orKnown(
      linear.fixed((a, b) => (call.int('fmod', 0) ? a % b : a - b * Math.floor(a / b))),
      known,
    )(call),

  Sum: linear.orKnown(linear.add, all(add)),
  Mean: call => (all(add)(call) as Tensor).div(call.values().length),
  Max: linear.orKnown(linear.largest, all(maximum)),
  Min: linear.orKnown(linear.smallest, all(minimum)),

  // Truth is 1 or 0.
  Greater: linear.orKnown(linear.greater, binary(greater), 'bool'),
  Less: linear.orKnown(
    ([a, b], kind) => linear.greater([b, a], kind),
    binary((a, b) => greater(b, a)),
    'bool',
  ),
  GreaterOrEqual: linear.orKnown(
    ([a, b], kind) => opposite(linear.greater([b, a], kind)),
    binary((a, b) => not(greater(b, a))),
    'bool',
  ),
  LessOrEqual: linear.orKnown(
    ([a, b], kind) => opposite(linear.greater([a, b], kind)),
    binary((a, b) => not(greater(a, b))),
    'bool',
  ),
  Equal: linear.orKnown(linear.equal, binary(equal), 'bool'),
  Not: linear.orKnown(([x]) => opposite(x), unary(not), 'bool'),
  And: linear.orKnown(linear.multiply, binary(mul), 'bool'),
  Or: linear.orKnown(linear.largest, binary(maximum), 'bool'),
  Where: linear.orKnown(linear.choose, call => where(call.tensor(0), call.tensor(1), call.tensor(2))),
}

const opposite = ([truth]: linear.Term): linear.Term => [1 - truth, 0]
