import { type Op, type TfjsForm, view } from '../../ops/op.ts'
import { transpose } from '../../ops/shape.ts'
import { strides } from '../../shape.ts'
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
    const plain = shapes.map((shape, i) => permuted(shape, inverse(form.inputs[i] ?? null)))
    return permuted(op.shape(plain, own), form.output)
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
    const orders = shapes.map((_, i) => inverse(form.inputs[i] ?? null))
    const plain = data.map((x, i) => moved(x, shapes[i], orders[i]))
    const plainShape = permuted(shape, inverse(form.output))
    const kernel = { shape: plainShape, shapes: shapes.map((s, i) => permuted(s, orders[i])), attrs: own }
    return moved(op.js(plain, kernel), plainShape, form.output)
  },
}

function wrapped(attrs: Tensor['attrs']): { op: Op; form: LaidOut; own: Tensor['attrs'] } {
  const { op, attrs: own } = attrs as unknown as { op: Op; attrs: Tensor['attrs'] }
  return { op, form: op.tfjs as LaidOut, own }
}

const permuted = (shape: readonly number[], order: Perm | null): number[] =>
  order ? order.map(axis => shape[axis]) : [...shape]

/** The order that undoes `order`. */
export function inverse(order: Perm): number[]
export function inverse(order: Perm | null): number[] | null
export function inverse(order: Perm | null): number[] | null {
  return order === null ? null : order.map((_, axis) => order.indexOf(axis))
}

function moved(data: Float64Array, shape: readonly number[], order: Perm | null): Float64Array {
  if (!order) return data
  const steps = strides(shape)
  return view(
    data,
    permuted(shape, order),
    order.map(axis => steps[axis]),
  )
}
