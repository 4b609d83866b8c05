import type { Op, TfjsForm } from '../../ops/op.ts'
import { inverse, permuted, transpose } from '../../ops/shape.ts'
import { bind, type Tensor } from '../../tensor.ts'

type LaidOut = Extract<TfjsForm, { readonly rule: unknown }>
type Perm = readonly number[]

/** The node with its inputs transposed to the order in which its rule takes them, and its result transposed back. */
export function laidOut(node: Tensor, inputs: readonly Tensor[], { inputs: orders, output }: LaidOut): Tensor {
  const given = inputs.map((t, i) => {
    const order = orders[i]
    return order ? transpose(t, order) : t
  })
  return transpose(bind(inLayoutOp, given, { op: node.op, attrs: node.attrs }), inverse(output))
}

/** Another operator, on tensors whose axes are ordered as its TensorFlow.js rule wants them. */
const inLayoutOp: Op = {
  name: 'inLayout',
  shape(shapes, attrs) {
    const { op, form, own } = wrapped(attrs)
    const plain = shapes.map((shape, i) => ordered(shape, undo(form.inputs[i])))
    return ordered(op.shape(plain, own), form.output)
  },
  vjp() {
    throw new TypeError('A graph that is laid out for a runtime has been differentiated before')
  },
  onnx: () => {
    throw new TypeError('Laid out for TensorFlow.js')
  },
  tfjs: (tf, inputs, { attrs, ...kernel }) => {
    const { form, own } = wrapped(attrs)
    return form.rule(tf, inputs, { ...kernel, attrs: own })
  },
  js(data, { shape, shapes, attrs }) {
    const { op, form, own } = wrapped(attrs)
    const orders = shapes.map((_, i) => undo(form.inputs[i]))
    const plain = data.map((x, i) => moved(x, shapes[i], orders[i]))
    const plainShape = ordered(shape, inverse(form.output))
    const kernel = { shape: plainShape, shapes: shapes.map((s, i) => ordered(s, orders[i])), attrs: own }
    return moved(op.js(plain, kernel), plainShape, form.output)
  },
}

function wrapped(attrs: Tensor['attrs']): { op: Op; form: LaidOut; own: Tensor['attrs'] } {
  const { op, attrs: own } = attrs as unknown as { op: Op; attrs: Tensor['attrs'] }
  return { op, form: op.tfjs as LaidOut, own }
}

const ordered = (shape: readonly number[], order: Perm | null): number[] =>
  order ? order.map(axis => shape[axis]) : [...shape]

const undo = (order: Perm | null | undefined): Perm | null => (order ? inverse(order) : null)

const moved = (data: Float64Array, shape: readonly number[], order: Perm | null): Float64Array =>
  order ? permuted(data, shape, order) : data
