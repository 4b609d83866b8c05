import { AdvxError } from '../../errors.ts'
import type { TfAttribute, TfGraph } from '../../formats/tfjs/write.ts'
import { toposort } from '../../graph.ts'
import { show } from '../../shape.ts'
import { isConstant, isInput, type Tensor } from '../../tensor.ts'
import { writeAveragePool, writeConv, writeMaxPool } from './windows.ts'
import { flag, LAST, type Order, tfLengths, Writer, whole } from './writer.ts'

/** An operator as nodes of TensorFlow: the name of its value, which lies in `order`. */
interface Form {
  readonly order: (w: Writer, node: Tensor) => Order
  write(w: Writer, node: Tensor, order: Order): string
}

const own: Form['order'] = () => 'own'
const last: Form['order'] = () => 'last'
const natural: Form['order'] = (w, node) => w.order(node)

/** One node for each element by itself. */
const each = (op: string, attr: Readonly<Record<string, TfAttribute>> = {}): Form => ({
  order: natural,
  write: (w, { inputs, shape }) =>
    w.node(
      op,
      inputs.map(t => w.beside(t, shape.length)),
      attr,
    ),
})

const folded = (op: string): Form => ({
  order: natural,
  write(w, { inputs: [x], attrs }, order) {
    const axes = (attrs.axes as readonly number[]).map(axis => placeOf(axis, order))
    return w.node(op, [w.value(x, order), w.ints(axes)], { keep_dims: flag(true), Tidx: { type: 'DT_INT32' } })
  },
})

const rows = (op: string): Form => ({ order: own, write: (w, { inputs: [x] }) => w.node(op, [w.value(x, 'own')]) })

const reshaped: Form = {
  order: own,
  write: (w, { inputs: [x], shape }) => w.node('Reshape', [w.value(x, 'own'), w.ints(tfLengths(shape))]),
}

/** Where an axis of the core lies in an order. */
const placeOf = (axis: number, order: Order): number => (order === 'last' ? LAST.indexOf(axis) : axis)
const inOrder = (values: readonly number[], order: Order): readonly number[] =>
  order === 'last' ? LAST.map(axis => values[axis]) : values

const FORMS: Readonly<Record<string, Form>> = {
  conv: { order: last, write: writeConv },
  maxPool: { order: last, write: writeMaxPool },
  averagePool: { order: last, write: writeAveragePool },

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
  positive: {
    order: natural,
    write(w, { inputs: [x] }, order) {
      const above = w.node('Greater', [w.value(x, order), w.floats(Float32Array.of(0), [])])
      return w.node('Cast', [above], { SrcT: { type: 'DT_BOOL' }, DstT: { type: 'DT_FLOAT' } })
    },
  },

  sum: folded('Sum'),
  mean: folded('Mean'),
  max: folded('Max'),
  softmax: rows('Softmax'),
  logSoftmax: rows('LogSoftmax'),

  reshape: reshaped,
  asBatch: reshaped,
  transpose: {
    order: own,
    write: (w, { inputs: [x], attrs }) => w.node('Transpose', [w.value(x, 'own'), w.ints(attrs.perm as number[])]),
  },
  matmul: {
    order: own,
    write(w, { inputs, shape }) {
      const factors = inputs.map(t => w.value(t, 'own'))
      if (inputs.every(t => t.shape.length === 2))
        return w.node('MatMul', factors, { transpose_a: flag(false), transpose_b: flag(false) })
      if (shape.length < 3)
        throw new AdvxError('model', `A product of [${inputs.map(t => show(t.shape)).join('] and [')}]`)
      return w.node('BatchMatMulV2', factors, { adj_x: flag(false), adj_y: flag(false) })
    },
  },
  expand: {
    order: own,
    write(w, { inputs: [x], shape }) {
      const lengths = [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape]
      if (lengths.some((d, i) => d > 0 && shape[i] < 0))
        throw new AdvxError('model', 'A constant once a picture has no form in TensorFlow.js.')
      const whole = w.node('Reshape', [w.value(x, 'own'), w.ints(tfLengths(lengths))])
      return w.node('Tile', [whole, w.ints(shape.map((d, i) => d / lengths[i]))])
    },
  },
  reverse: {
    order: natural,
    write(w, { inputs: [x], attrs }, order) {
      const axes = (attrs.axes as readonly number[]).map(axis => placeOf(axis, order))
      return w.node('ReverseV2', [w.value(x, order), w.ints(axes)], { Tidx: { type: 'DT_INT32' } })
    },
  },
  take: {
    order: natural,
    write(w, { inputs: [x], attrs }, order) {
      const axis = w.ints([placeOf(attrs.axis as number, order)], [])
      return w.node('GatherV2', [w.value(x, order), w.ints(attrs.indices as number[]), axis], { batch_dims: whole(0) })
    },
  },
  concat: {
    order: natural,
    write(w, { inputs, attrs }, order) {
      const axis = w.ints([placeOf(attrs.axis as number, order)], [])
      const attr = { N: whole(inputs.length), Tidx: { type: 'DT_INT32' } }
      return w.node('ConcatV2', [...inputs.map(t => w.value(t, order)), axis], attr)
    },
  },
  slice: {
    order: natural,
    write(w, { inputs: [x], attrs, shape }, order) {
      const [starts, steps] = [attrs.starts, attrs.steps].map(values => inOrder(values as number[], order))
      const [lengths, full] = [shape, x.shape].map(s => inOrder(s, order))
      const ends = starts.map((start, i) => (full[i] < 0 ? 0 : start + (lengths[i] - 1) * steps[i] + 1))
      const batch = full.reduce((mask, d, i) => (d < 0 ? mask | (1 << i) : mask), 0)
      const none = { ellipsis_mask: whole(0), new_axis_mask: whole(0), shrink_axis_mask: whole(0) }
      return w.node('StridedSlice', [w.value(x, order), ...[starts, ends, steps].map(values => w.ints(values))], {
        ...none,
        begin_mask: whole(batch),
        end_mask: whole(batch),
      })
    },
  },
  place: {
    order: natural,
    write(w, { inputs: [x], attrs, shape }, order) {
      if ((attrs.steps as number[]).some(step => step !== 1))
        throw new AdvxError('model', 'Zeros between elements have no form in TensorFlow.js.')
      const starts = attrs.starts as number[]
      const sides = shape.map((d, i) => (d < 0 ? [0, 0] : [starts[i], d - starts[i] - x.shape[i]]))
      const ordered = inOrder([...sides.keys()], order).flatMap(i => sides[i])
      const attr = { Tpaddings: { type: 'DT_INT32' } }
      return w.node('Pad', [w.value(x, order), w.ints(ordered, [shape.length, 2])], attr)
    },
  },
}

/** Pictures [N, C, H, W] in, logits [N, K] out; right for one picture at a time where `batch` is 1. */
export interface Network {
  readonly input: Tensor
  readonly logits: Tensor
  readonly batch: 'any' | 1
}

const LARGEST = 3.4028234663852886e38

/**
 * A network as a GraphModel: pictures [N, H, W, C] in, logits out. Maps stay channels last between operators that have
 * a height and a width. Throws an AdvxError with the fault `model` at an operator without a form.
 */
export function emitTfjs({ input, logits, batch }: Network, metadata: ReadonlyMap<string, string>): TfGraph {
  const w = new Writer()
  const length = batch === 1 ? 1 : -1
  const shape = w.input(input, 'input', length)
  for (const node of toposort([logits])) {
    if (isInput(node) || isConstant(node)) continue
    const form = Object.hasOwn(FORMS, node.op.name) ? FORMS[node.op.name] : undefined
    if (!form) throw new AdvxError('model', `The operator '${node.op.name}' has no form in TensorFlow.js.`)
    const order = form.order(w, node)
    w.set(node, order, form.write(w, node, order))
  }
  w.node('Identity', [w.value(logits, 'own')], {}, 'logits')
  return w.done({
    inputs: [{ name: 'input', shape }],
    outputs: [{ name: 'logits', shape: tfLengths(logits.shape).with(0, length) }],
    metadata,
  })
}
