import { rewrite, toposort } from '../../graph.ts'
import { conv } from '../../ops/conv.ts'
import { transposed } from '../../ops/matmul.ts'
import { reshape } from '../../ops/shape.ts'
import { N, size } from '../../shape.ts'
import { simplify } from '../../simplify.ts'
import { bind, type Tensor } from '../../tensor.ts'
import { inBlocks } from './blocked/assign.ts'
import { masksBehindPools } from './pool-masks.ts'

/** One rewriting of a graph on its way to a runtime. */
type Pass = (outputs: readonly Tensor[]) => Tensor[]

/**
 * From the graph as an attack means it to the operators that ONNX Runtime runs well, in blocks of `block` channels where
 * that is a number.
 */
export function lower(outputs: readonly Tensor[], block: number | null = null): Tensor[] {
  const passes: readonly Pass[] =
    block === null
      ? [masksBehindPools, expandForms(), rowsByConv, simplify]
      : [
          masksBehindPools,
          expandForms(GRADIENTS),
          rowsByConv,
          simplify,
          graph => inBlocks(graph, block),
          expandForms(),
          simplify,
        ]
  return passes.reduce<Tensor[]>((graph, pass) => pass(graph), [...outputs])
}

/** A graph in operators that have an ONNX form of their own, and otherwise as it is. */
export const inOnnxForms = (outputs: readonly Tensor[]): Tensor[] => simplify(expandForms()(outputs))

/** Operators with a better form in blocks than the one they are given by. */
const GRADIENTS = new Set(['convInput', 'convWeight', 'maxPoolInput'])

/** Operators whose ONNX form is given in terms of other operators become these, but for those that are `kept`. */
function expandForms(kept: ReadonlySet<string> = new Set()): Pass {
  const expands = ({ op }: Tensor): boolean => typeof op.onnx === 'object' && !kept.has(op.name)
  return outputs => {
    let graph = [...outputs]
    while (toposort(graph).some(expands))
      graph = rewrite(graph, (node, inputs) =>
        expands(node) && typeof node.op.onnx === 'object'
          ? node.op.onnx.as(bind(node.op, inputs, node.attrs))
          : undefined,
      )
    return graph
  }
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
