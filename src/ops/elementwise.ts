import { broadcast, strides } from '../shape.ts'
import { bind, type Operand, type Tensor } from '../tensor.ts'
import {
  type Cotangents,
  float,
  type OnnxForm,
  type Op,
  onnxShape,
  type TfjsInputs,
  type TfjsKernels,
  type TfjsRule,
  type TfjsTensor,
  view,
} from './op.ts'

type Unary = (x: Operand) => Tensor
type Binary = (x: Operand, y: Operand) => Tensor
type Ternary = (x: Operand, y: Operand, z: Operand) => Tensor

/** Whether each element of the output depends on the matching elements of the inputs alone. */
export const isElementwise = (op: Op): boolean => ELEMENTWISE.has(op)
const ELEMENTWISE = new Set<Op>()

// Rules never mention broadcasting: grad.ts sums each cotangent back to its input's shape.

export const exp: Unary = elementwise('exp', { onnx: 'Exp', tfjs: 'Exp', js: Math.exp, vjp: (g, y) => [g.mul(y)] })
export const log: Unary = elementwise('log', { onnx: 'Log', tfjs: 'Log', js: Math.log, vjp: (g, _, [x]) => [g.div(x)] })
export const sqrt: Unary = elementwise('sqrt', {
  onnx: 'Sqrt',
  tfjs: 'Sqrt',
  js: Math.sqrt,
  vjp: (g, y) => [g.div(y).mul(0.5)],
})
export const neg: Unary = elementwise('neg', { onnx: 'Neg', tfjs: 'Neg', js: x => -x, vjp: g => [neg(g)] })
export const abs: Unary = elementwise('abs', {
  onnx: 'Abs',
  tfjs: 'Abs',
  js: Math.abs,
  vjp: (g, _, [x]) => [g.mul(sign(x))],
})
export const sign: Unary = elementwise('sign', { onnx: 'Sign', tfjs: 'Sign', js: Math.sign, vjp: () => [null] })
export const sin: Unary = elementwise('sin', {
  onnx: 'Sin',
  tfjs: 'Sin',
  js: Math.sin,
  vjp: (g, _, [x]) => [g.mul(cos(x))],
})
export const cos: Unary = elementwise('cos', {
  onnx: 'Cos',
  tfjs: 'Cos',
  js: Math.cos,
  vjp: (g, _, [x]) => [neg(g.mul(sin(x)))],
})
export const tanh: Unary = elementwise('tanh', {
  onnx: 'Tanh',
  tfjs: 'Tanh',
  js: Math.tanh,
  vjp: (g, y) => [g.mul(sub(1, y.mul(y)))],
})
export const sigmoid: Unary = elementwise('sigmoid', {
  onnx: 'Sigmoid',
  tfjs: 'Sigmoid',
  js: x => 1 / (1 + Math.exp(-x)),
  vjp: (g, y) => [g.mul(y).mul(sub(1, y))],
})
/**
 * log(1 + eˣ). Its derivative is the sigmoid, as e^(x − y): runtimes round sigmoid itself to 0 below −17. Below 10⁻²⁰
 * it stays there, so that what climbs a loss finds its direction however sure the model is.
 */
export const softplus: Unary = elementwise('softplus', {
  // −log softmax([x, 0])₂: the operator Softplus gives other bits at a tensor's end than elsewhere.
  onnx(emit, [x], { shape }) {
    const column = emit.node('Reshape', [x, emit.ints([-1, 1])])
    const zero = emit.node('Mul', [column, emit.floats([0], [])])
    const pair = emit.node('LogSoftmax', [emit.node('Concat', [column, zero], { axis: 1 })], { axis: 1 })
    const second = emit.node('Slice', [pair, emit.ints([1]), emit.ints([2]), emit.ints([1])])
    return emit.node('Reshape', [emit.node('Neg', [second]), emit.ints(onnxShape(shape))])
  },
  tfjs(tf, [x]) {
    const small = tf.run('Exp', { x: tf.run('Neg', { x: tf.run('Abs', { x }) }) })
    return tf.run('Add', { a: tf.run('Relu', { x }), b: tf.run('Log1p', { x: small }) })
  },
  js: x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  vjp: (g, y, [x]) => [g.mul(maximum(exp(x.sub(y)), 1e-20))],
})
export const relu: Unary = elementwise('relu', {
  onnx: 'Relu',
  tfjs: 'Relu',
  js: x => (x > 0 ? x : x * 0), // NaN stays NaN
  vjp: (g, y) => [g.mul(positive(y))],
})

/**
 * 1 where x > 0, else 0: the mask of a ReLU. As HardSigmoid with the steepest finite slope it is four times
 * as fast in ONNX Runtime as Sign, and faster than Where.
 */
export const positive: Unary = elementwise('positive', {
  onnx: (emit, [x]) => emit.node('HardSigmoid', [x], { alpha: float(3.4028234663852886e38), beta: float(0) }),
  // Not as Step: tfjs-node makes that of seven kernels.
  tfjs: (tf, [x]) => indicator(tf, 'Greater', { a: x, b: tf.floats([0], []) }),
  js: x => Number(x > 0),
  vjp: () => [null],
})

export const add: Binary = elementwise('add', { onnx: 'Add', tfjs: 'Add', js: (a, b) => a + b, vjp: g => [g, g] })
export const sub: Binary = elementwise('sub', { onnx: 'Sub', tfjs: 'Sub', js: (a, b) => a - b, vjp: g => [g, neg(g)] })
export const mul: Binary = elementwise('mul', {
  onnx: 'Mul',
  tfjs: 'Multiply',
  js: (a, b) => a * b,
  vjp: (g, _, [a, b]) => [g.mul(b), g.mul(a)],
})
export const div: Binary = elementwise('div', {
  onnx: 'Div',
  tfjs: 'RealDiv',
  js: (a, b) => a / b,
  vjp: (g, y, [, b]) => [g.div(b), neg(g.mul(y).div(b))],
})
/** aᵇ, for a > 0 wherever the gradient to b is asked for. */
export const pow: Binary = elementwise('pow', {
  onnx: 'Pow',
  tfjs: 'Pow',
  js: (a, b) => a ** b,
  vjp: (g, y, [a, b]) => [g.mul(b).mul(pow(a, b.sub(1))), g.mul(y).mul(log(a))],
})
// Of two equal values the first gets the gradient.
export const minimum: Binary = elementwise('minimum', {
  onnx: 'Min',
  tfjs: 'Minimum',
  js: (a, b) => Math.min(a, b),
  vjp: (g, _, [a, b]) => [g.mul(sub(1, positive(a.sub(b)))), g.mul(positive(a.sub(b)))],
})
export const maximum: Binary = elementwise('maximum', {
  onnx: 'Max',
  tfjs: 'Maximum',
  js: (a, b) => Math.max(a, b),
  vjp: (g, _, [a, b]) => [g.mul(sub(1, positive(b.sub(a)))), g.mul(positive(b.sub(a)))],
})
/** 1 where a > b, else 0. */
export const greater: Binary = elementwise('greater', {
  onnx: (emit, inputs) => emit.node('Cast', [emit.node('Greater', inputs)], { to: 1 }),
  tfjs: (tf, [a, b]) => indicator(tf, 'Greater', { a, b }),
  js: (a, b) => Number(a > b),
  vjp: () => [null, null],
})
/** 1 where x is no number, else 0. */
export const notANumber: Unary = elementwise('isNaN', {
  onnx: (emit, inputs) => emit.node('Cast', [emit.node('IsNaN', inputs)], { to: 1 }),
  tfjs: (tf, [x]) => indicator(tf, 'IsNan', { x }),
  js: x => Number(Number.isNaN(x)),
  vjp: () => [null],
})
/** `a` where `condition` is not 0, else `b`: also where the other one is not finite. */
export const where: Ternary = elementwise('where', {
  onnx: (emit, [c, a, b]) => emit.node('Where', [emit.node('Cast', [c], { to: 9 }), a, b]),
  tfjs(tf, inputs, { shape }) {
    const [c, t, e] = inputs.map(x => repeated(tf, x, shape))
    return tf.run('Select', { condition: tf.run('NotEqual', { a: c, b: tf.floats([0], []) }), t, e })
  },
  js: (c, a, b) => (c ? a : b),
  vjp: (g, _, [c]) => [null, where(c, g, 0), where(c, 0, g)],
})

/** x held between two numbers; the gradient flows strictly between them, and at neither. */
const clampOp: Op = {
  name: 'clamp',
  shape: ([x]) => x,
  onnx: (emit, [x], { attrs: { lo, hi } }) =>
    emit.node('Clip', [x, emit.floats([lo as number], []), emit.floats([hi as number], [])]),
  tfjs: (tf, [x], { attrs: { lo, hi } }) =>
    lo === 0 && hi === 6
      ? tf.run('Relu6', { x })
      : tf.run('ClipByValue', { x }, { clipValueMin: lo, clipValueMax: hi }),
  js: ([x], { attrs: { lo, hi } }) => x.map(v => Math.min(Math.max(v, lo as number), hi as number)),
  vjp(g, y, _, { lo, hi }) {
    const above = y.sub(lo as number)
    const below = sub(hi as number, y)
    return [g.mul(positive(lo === -Infinity ? below : hi === Infinity ? above : minimum(above, below)))]
  },
}
ELEMENTWISE.add(clampOp)

/** x held between `lo` and `hi`. */
export const clip: Ternary = (x, lo, hi) =>
  typeof lo === 'number' && typeof hi === 'number'
    ? bind(clampOp, [x], { lo: Math.fround(lo), hi: Math.fround(hi) }) // as constants are, which the gradient compares with
    : minimum(maximum(x, lo), hi)

interface Rules {
  readonly onnx: OnnxForm
  readonly tfjs: string | TfjsRule
  js(...values: number[]): number
  vjp(g: Tensor, y: Tensor, inputs: readonly Tensor[]): Cotangents
}

/** An operator that computes each element of its output from the matching elements of its inputs. */
export function elementwise(name: string, { onnx, tfjs, js, vjp }: Rules): (...args: Operand[]) => Tensor {
  const op: Op = {
    name,
    onnx,
    tfjs,
    vjp,
    shape: inputs => inputs.reduce(broadcast, []),
    js(data, { shape, shapes }) {
      const [a, b, c] = data.map((x, k) => aligned(x, shapes[k], shape))
      return a.map((v, i) => js(v, b?.[i], c?.[i]))
    },
  }
  ELEMENTWISE.add(op)
  return (...args) => bind(op, args.slice(0, js.length)) // so that xs.map(exp) is no exp of an index
}

/** `data` repeated along the axes in which `own` is broadcast to `shape`. */
export function aligned(data: Float64Array, own: readonly number[], shape: readonly number[]): Float64Array {
  const extra = shape.length - own.length
  if (extra === 0 && own.every((d, i) => d === shape[i])) return data
  const steps = strides(own)
  return view(
    data,
    shape,
    shape.map((_, i) => (i < extra || own[i - extra] === 1 ? 0 : steps[i - extra])),
  )
}

/** 1 where a kernel of TensorFlow.js says yes, else 0. */
function indicator(tf: TfjsKernels, kernel: string, inputs: TfjsInputs): TfjsTensor {
  return tf.run('Cast', { x: tf.run(kernel, inputs) }, { dtype: 'float32' })
}

/** The same for a tensor of TensorFlow.js. */
export function repeated(tf: TfjsKernels, x: TfjsTensor, shape: readonly number[]): TfjsTensor {
  if (x.shape.length === shape.length && x.shape.every((d, i) => d === shape[i])) return x
  const own = [...shape.slice(x.shape.length).map(() => 1), ...x.shape]
  const reps = shape.map((d, i) => d / own[i])
  return tf.run('Tile', { x: tf.run('Reshape', { x }, { shape: own }) }, { reps })
}
