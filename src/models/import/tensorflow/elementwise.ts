import { clip, div, exp, log, sqrt, where } from '../../../ops/elementwise.ts'
import { reshape } from '../../../ops/shape.ts'
import type { Operator, Operators } from '../call.ts'
import { ACTIVATIONS, leaky } from '../operators/activation.ts'
import { COMPARISONS } from '../operators/comparison.ts'
import { ELEMENTWISE } from '../operators/elementwise.ts'
import { castTo } from '../operators/source.ts'
import { TRIGONOMETRY } from '../operators/trigonometry.ts'
import type { Kind, Value } from '../value.ts'

/** The last axis is the channels, or the second one as in [N, C, H, W]. */
const biased: Operator = call => {
  if (call.text('data_format', 'NHWC') !== 'NCHW') return ELEMENTWISE.Add(call)
  const [x, bias] = [call.tensor(0), call.tensor(1)]
  return x.add(reshape(bias, [bias.shape[0], ...x.shape.slice(2).map(() => 1)]))
}

/** What a type of TensorFlow is here. */
const KINDS: Readonly<Record<string, Kind>> = {
  float: 'float',
  half: 'float',
  bfloat16: 'float',
  double: 'float',
  bool: 'bool',
}

/** Both are whole numbers of shapes, or maps: rounded down. */
const floorDivided: Operator = call =>
  ELEMENTWISE.Floor(call.as({ inputs: [ELEMENTWISE.Div(call.as({ inputs: call.values() })) as Value] }))

/** 0 where the divisor is 0. */
const dividedOrZero: Operator = call => {
  const [a, b] = [call.tensor(0), call.tensor(1)]
  return where(b, a.div(where(b, b, 1)), 0)
}

const unlike: Operator = call =>
  COMPARISONS.Not(call.as({ inputs: [COMPARISONS.Equal(call.as({ inputs: call.values() })) as Value] }))

const square: Operator = call => call.tensor(0).mul(call.tensor(0))
const rsqrt: Operator = call => div(1, sqrt(call.tensor(0)))

/** Operators that ONNX has too, under another name or the same, and those that are short in terms of the core. */
export const TF_ELEMENTWISE: Operators = {
  Add: ELEMENTWISE.Add,
  AddV2: ELEMENTWISE.Add,
  AddN: ELEMENTWISE.Sum,
  BiasAdd: biased,
  Sub: ELEMENTWISE.Sub,
  Mul: ELEMENTWISE.Mul,
  Div: ELEMENTWISE.Div,
  RealDiv: ELEMENTWISE.Div,
  FloorDiv: floorDivided,
  DivNoNan: dividedOrZero,
  FloorMod: ELEMENTWISE.Mod,
  Mod: ELEMENTWISE.Mod,
  Maximum: ELEMENTWISE.Max,
  Minimum: ELEMENTWISE.Min,
  Pow: ELEMENTWISE.Pow,
  Neg: ELEMENTWISE.Neg,
  Abs: ELEMENTWISE.Abs,
  Sign: ELEMENTWISE.Sign,
  Sqrt: ELEMENTWISE.Sqrt,
  Rsqrt: rsqrt,
  Square: square,
  SquaredDifference: call => {
    const difference = call.tensor(0).sub(call.tensor(1))
    return difference.mul(difference)
  },
  Reciprocal: ELEMENTWISE.Reciprocal,
  Inv: ELEMENTWISE.Reciprocal,
  Exp: ELEMENTWISE.Exp,
  Expm1: call => exp(call.tensor(0)).sub(1),
  Log: ELEMENTWISE.Log,
  Log1p: call => log(call.tensor(0).add(1)),
  Erf: ELEMENTWISE.Erf,
  Floor: ELEMENTWISE.Floor,
  Ceil: ELEMENTWISE.Ceil,
  Round: ELEMENTWISE.Round,
  ...TRIGONOMETRY,
  ClipByValue: call => clip(call.tensor(0), call.scalar(1), call.scalar(2)),

  Relu: ACTIVATIONS.Relu,
  Relu6: call => clip(call.tensor(0), 0, 6),
  Elu: ACTIVATIONS.Elu,
  Selu: ACTIVATIONS.Selu,
  LeakyRelu: call => leaky(call.tensor(0), call.float('alpha', 0.2)),
  Prelu: call => leaky(call.tensor(0), call.tensor(1)),
  Sigmoid: ACTIVATIONS.Sigmoid,
  Tanh: ACTIVATIONS.Tanh,
  Softplus: ACTIVATIONS.Softplus,

  Greater: COMPARISONS.Greater,
  GreaterEqual: COMPARISONS.GreaterOrEqual,
  Less: COMPARISONS.Less,
  LessEqual: COMPARISONS.LessOrEqual,
  Equal: COMPARISONS.Equal,
  NotEqual: unlike,
  IsNan: COMPARISONS.IsNaN,
  IsInf: COMPARISONS.IsInf,
  LogicalNot: COMPARISONS.Not,
  LogicalAnd: COMPARISONS.And,
  LogicalOr: COMPARISONS.Or,
  SelectV2: COMPARISONS.Where,
  Select: COMPARISONS.Where,
  Cast: call => castTo(call.value(0), KINDS[call.text('DstT')] ?? 'int'),
}
