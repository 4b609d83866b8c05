import type { Tensor } from '../../tensor.ts'
import { type Form, type Forms, natural } from './form.ts'
import type { Writer } from './writer.ts'

const besides = (w: Writer, { inputs, shape }: Tensor): string[] => inputs.map(t => w.beside(t, shape.length))

/** One node for each element by itself. */
const each = (op: string): Form => ({ order: natural, write: (w, node) => w.node(op, besides(w, node)) })

const asNumber = (w: Writer, truth: string): string =>
  w.node('Cast', [truth], { SrcT: { type: 'DT_BOOL' }, DstT: { type: 'DT_FLOAT' } })

const LARGEST = 3.4028234663852886e38

export const ELEMENTWISE_FORMS: Forms = {
  add: each('AddV2'),
  sub: each('Sub'),
  mul: each('Mul'),
  div: each('RealDiv'),
  pow: each('Pow'),
  maximum: each('Maximum'),
  minimum: each('Minimum'),
  neg: each('Neg'),
  abs: each('Abs'),
  sign: each('Sign'),
  exp: each('Exp'),
  log: each('Log'),
  sqrt: each('Sqrt'),
  erf: each('Erf'),
  sin: each('Sin'),
  cos: each('Cos'),
  relu: each('Relu'),
  sigmoid: each('Sigmoid'),
  tanh: each('Tanh'),
  softplus: each('Softplus'),
  round: each('Round'),
  floor: each('Floor'),
  ceil: each('Ceil'),
  clamp: {
    order: natural,
    write(w, { inputs: [x], attrs }, order) {
      // What has no bound is bounded by the ends of float32.
      const bounds = [attrs.lo, attrs.hi].map(b => Math.min(Math.max(b as number, -LARGEST), LARGEST))
      return w.node('ClipByValue', [w.value(x, order), ...bounds.map(b => w.floats(Float32Array.of(b), []))])
    },
  },
  where: {
    order: natural,
    write(w, node) {
      const [condition, yes, no] = besides(w, node)
      const chosen = w.node('NotEqual', [condition, w.floats(Float32Array.of(0), [])])
      return w.node('SelectV2', [chosen, yes, no])
    },
  },
  positive: {
    order: natural,
    write: (w, { inputs: [x] }, order) =>
      asNumber(w, w.node('Greater', [w.value(x, order), w.floats(Float32Array.of(0), [])])),
  },
  greater: { order: natural, write: (w, node) => asNumber(w, w.node('Greater', besides(w, node))) },
}
