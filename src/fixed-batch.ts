import { rewrite } from './graph.ts'
import { resolve, type Shape } from './shape.ts'
import { bind, input, isInput, type Tensor } from './tensor.ts'

/** Attributes that are shapes. */
const SHAPES = ['shape', 'lengths'] as const

/** What `roots` are for batches of `n` pictures alone; `x` is the input that holds them. */
export function fixBatch(roots: readonly Tensor[], x: Tensor, n: number): { readonly x: Tensor; roots: Tensor[] } {
  const pictures = input(resolve(x.shape, n), x.attrs.name as string)
  const fixed = rewrite(roots, (node, inputs) => {
    if (node === x) return pictures
    if (isInput(node) && node.shape.some(d => d < 0)) throw new TypeError(`'${node.attrs.name}' has a batch of its own`)
    const shapes = SHAPES.filter(key => (node.attrs[key] as Shape | undefined)?.some(d => d < 0))
    if (shapes.length === 0) return undefined
    const attrs = Object.fromEntries(shapes.map(key => [key, resolve(node.attrs[key] as Shape, n)]))
    // The batch is known: no other tensor need tell it.
    return bind(node.op, node.op.name === 'expand' ? inputs.slice(0, 1) : inputs, { ...node.attrs, ...attrs })
  })
  return { x: pictures, roots: fixed }
}
