import { rewrite, toposort } from '../../graph.ts'
import { conv } from '../../ops/conv.ts'
import { transposed } from '../../ops/matmul.ts'
import { reshape } from '../../ops/shape.ts'
import { N, size } from '../../shape.ts'
import { simplify } from '../../simplify.ts'
import { bind, type Tensor } from '../../tensor.ts'

/** One rewriting of a graph on its way to a runtime. */
type Pass = (outputs: readonly Tensor[]) => Tensor[]

/**
 * From the graph as an attack means it to the operators that ONNX Runtime runs well. A pass that lays images out in
 * channel blocks would stand last.
 */
const PASSES: readonly Pass[] = [expandForms, rowsByConv, simplify]

export const lower: Pass = outputs => PASSES.reduce<Tensor[]>((graph, pass) => pass(graph), [...outputs])

/** Operators whose ONNX form is given in terms of other operators become these. */
function expandForms(outputs: readonly Tensor[]): Tensor[] {
  let graph = [...outputs]
  while (toposort(graph).some(({ op }) => typeof op.onnx === 'object'))
    graph = rewrite(graph, ({ op, attrs }, inputs) =>
      typeof op.onnx === 'object' ? op.onnx.as(bind(op, inputs, attrs)) : undefined,
    )
  return graph
}

/**
 * A matrix product of one row a picture with one matrix becomes a 1x1 convolution: MatMul multiplies one row by another
 * kernel than several, so that an image's last bits would depend on whether it is alone.
 */
function rowsByConv(outputs: readonly Tensor[]): Tensor[] {
  return rewrite(outputs, ({ op, shape }, [a, b]) => {
    if (op.name !== 'matmul' || size(a.shape.slice(0, -1)) !== N || size(b.shape.slice(0, -2)) !== 1) return undefined
    const [inner, columns] = b.shape.slice(-2)
    if (inner < 0 || columns < 0) return undefined
    const kernel = reshape(transposed(b), [columns, inner, 1, 1])
    return reshape(conv(reshape(a, [N, inner, 1, 1]), kernel), shape)
  })
}
