import { abs, add, div, exp, log, maximum, minimum, mul, neg, pow, sign, sqrt, sub } from '../../../ops/elementwise.ts'
import { erf } from '../../../ops/erf.ts'
import { straightThrough } from '../../../ops/quantize.ts'
import { ceil, floor, round, toEven, truncate } from '../../../ops/rounding.ts'
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

/** A step's own gradient is 0 and would hide the picture from every attack: it passes straight through. */
const step =
  (f: Unary): Operator =>
  call => {
    const x = call.tensor(0)
    if (!call.live) return f(x)
    call.setting.notes.add('rounded')
    return straightThrough(f(x), x)
  }

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

/** The remainder has the sign of the divisor, unless the attribute fmod says that of the dividend. */
const remainder: Operator = call => {
  const ofDividend = call.int('fmod', 0) !== 0
  return linear.orKnown(
    linear.fixed((a, b) => (ofDividend ? a % b : a - b * Math.floor(a / b))),
    binary((a, b) => a.sub((ofDividend ? truncate : floor)(a.div(b)).mul(b))),
  )(call)
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
  Erf: unary(erf),
  Floor: linear.orKnown(linear.fixed(Math.floor), step(floor)),
  Ceil: linear.orKnown(linear.fixed(Math.ceil), step(ceil)),
  Round: linear.orKnown(linear.fixed(toEven), step(round)),
  Mod: remainder,

  Sum: linear.orKnown(linear.add, all(add)),
  Mean: call => (all(add)(call) as Tensor).div(call.values().length),
  Max: linear.orKnown(linear.largest, all(maximum)),
  Min: linear.orKnown(linear.smallest, all(minimum)),
}
