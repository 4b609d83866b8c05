import { expected, ShapeError } from '../../../errors.ts'
import { abs, clip, exp, minimum, neg, positive, relu, sigmoid, softplus, tanh } from '../../../ops/elementwise.ts'
import { erf } from '../../../ops/erf.ts'
import { reshape } from '../../../ops/shape.ts'
import { show } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { asNumbers } from '../value.ts'

const unary =
  (f: (x: Tensor, call: Call) => Tensor): Operator =>
  call =>
    f(call.tensor(0), call)

/**
 * x where x > 0, else slope · x: as a product with a mask, so that the gradient at 0 is the slope, as in PyTorch, and
 * no Where is needed.
 */
export const leaky = (x: Tensor, slope: Tensor | number): Tensor => {
  const mask = positive(x)
  return x.mul(typeof slope === 'number' ? mask.mul(1 - slope).add(slope) : mask.mul(neg(slope).add(1)).add(slope))
}

/** alpha · (eˣ − 1) where x < 0, else 0. */
const bent = (x: Tensor, alpha: number, scale = 1): Tensor =>
  exp(minimum(x, 0).mul(1 / scale))
    .sub(1)
    .mul(alpha)

/** A slope for each channel is [C, 1, 1] in new files and [C] in old ones. */
function slopes(slope: Tensor, x: Tensor): Tensor {
  if (slope.shape.length !== 1 || x.shape.length < 3 || slope.shape[0] !== x.shape[1]) return slope
  return reshape(slope, [slope.shape[0], ...x.shape.slice(2).map(() => 1)])
}

/** x · Φ(x), Φ by erf or by the approximation with tanh: https://arxiv.org/abs/1606.08415 */
const gelu = (x: Tensor, call: Call): Tensor => {
  const approximation = call.text('approximate', 'none')
  if (approximation !== 'none' && approximation !== 'tanh')
    throw expected('model', "'none' or 'tanh'", "its attribute 'approximate'", approximation)
  const step =
    approximation === 'none'
      ? erf(x.mul(Math.SQRT1_2))
      : tanh(x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI)))
  return x.mul(step.add(1)).mul(0.5)
}

/** x + bias below −lambd, x − bias above lambd, 0 between. */
const shrunk = (x: Tensor, call: Call): Tensor => {
  const [bias, lambd] = [call.float('bias', 0), call.float('lambd', 0.5)]
  const above = positive(x.sub(lambd)).mul(x.sub(bias))
  return above.add(positive(x.mul(-1).sub(lambd)).mul(x.add(bias)))
}

/** Limits are attributes before opset 11, and numbers or tensors from then on. */
const clipped: Operator = call => {
  const x = call.tensor(0)
  const limit = (name: string, i: number, none: number): Tensor | number => {
    if (call.opset < 11) return call.float(name, none)
    if (!call.has(i)) return none
    return asNumbers(call.value(i)) ? call.scalar(i) : call.tensor(i)
  }
  const [lo, hi] = [limit('min', 1, -Infinity), limit('max', 2, Infinity)]
  // What the attributes are by default: the ends of float32.
  const [open, top] = [typeof lo === 'number' && lo < -3.4e38, typeof hi === 'number' && hi > 3.4e38]
  if (open && top) return x
  return lo === 0 && top ? relu(x) : clip(x, open ? -Infinity : lo, top ? Infinity : hi)
}

export const ACTIVATIONS: Operators = {
  Relu: unary(relu),
  Sigmoid: unary(sigmoid),
  Tanh: unary(tanh),
  Softplus: unary(softplus),
  Softsign: unary(x => x.div(abs(x).add(1))),
  Clip: clipped,
  LeakyRelu: unary((x, call) => leaky(x, call.float('alpha', 0.01))),
  PRelu: call => {
    const [x, slope] = [call.tensor(0), slopes(call.tensor(1), call.tensor(0))]
    if (slope.shape.length > x.shape.length)
      throw new ShapeError(`Slopes of [${show(slope.shape)}] do not fit [${show(x.shape)}].`)
    return leaky(x, slope)
  },
  ThresholdedRelu: unary((x, call) => x.mul(positive(x.sub(call.float('alpha', 1))))),
  Elu: unary((x, call) => relu(x).add(bent(x, call.float('alpha', 1)))),
  Celu: unary((x, call) => relu(x).add(bent(x, call.float('alpha', 1), call.float('alpha', 1)))),
  Selu: unary((x, call) =>
    relu(x)
      .add(bent(x, call.float('alpha', 1.6732631921768188)))
      .mul(call.float('gamma', 1.0507010221481323)),
  ),
  HardSigmoid: unary((x, call) => clip(x.mul(call.float('alpha', 0.2)).add(call.float('beta', 0.5)), 0, 1)),
  HardSwish: unary(x => x.mul(clip(x.mul(1 / 6).add(0.5), 0, 1))),
  Swish: unary((x, call) => x.mul(sigmoid(x.mul(call.float('alpha', 1))))),
  Mish: unary(x => x.mul(tanh(softplus(x)))),
  Gelu: unary(gelu),
  Shrink: unary(shrunk),
}
