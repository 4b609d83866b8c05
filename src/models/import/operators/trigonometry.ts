import { cos, sin } from '../../../ops/elementwise.ts'
import { acos, acosh, asin, asinh, atan, atanh, cosh, sinh, tan } from '../../../ops/trigonometry.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Operator, Operators } from '../call.ts'

const unary =
  (f: (x: Tensor) => Tensor): Operator =>
  call =>
    f(call.tensor(0))

export const TRIGONOMETRY: Operators = {
  Sin: unary(sin),
  Cos: unary(cos),
  Tan: unary(tan),
  Asin: unary(asin),
  Acos: unary(acos),
  Atan: unary(atan),
  Sinh: unary(sinh),
  Cosh: unary(cosh),
  Asinh: unary(asinh),
  Acosh: unary(acosh),
  Atanh: unary(atanh),
}
