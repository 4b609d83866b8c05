import { toposort } from './graph.ts'
import { resolve } from './shape.ts'
import { isConstant, type Tensor } from './tensor.ts'

/** The values of `outputs` in float64 by the reference kernels: slow, obvious, and what tests trust. */
export function evaluate(
  outputs: readonly Tensor[],
  feeds: ReadonlyMap<Tensor, ArrayLike<number>> = new Map(),
  batch = 1,
): Float64Array[] {
  const values = new Map<Tensor, Float64Array>()
  for (const [t, value] of feeds) values.set(t, Float64Array.from(value))
  for (const node of toposort(outputs)) if (!values.has(node)) values.set(node, apply(node, values, batch))
  return outputs.map(t => values.get(t)!)
}

function apply(node: Tensor, values: ReadonlyMap<Tensor, Float64Array>, batch: number): Float64Array {
  if (node.inputs.length === 0 && !isConstant(node)) throw new TypeError(`No value for the input '${node.attrs.name}'`)
  return node.op.js(
    node.inputs.map(t => values.get(t)!),
    { shape: resolve(node.shape, batch), shapes: node.inputs.map(t => resolve(t.shape, batch)), attrs: node.attrs },
  )
}
