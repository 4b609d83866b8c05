import { rewrite } from '../../src/graph.ts'
import { bind, type Tensor } from '../../src/tensor.ts'

const byOthers = ({ op }: Tensor): boolean => typeof op.onnx === 'object'

/** The graph with every operator whose ONNX form is `{ as }` written in terms of others. */
export const lower = (outputs: readonly Tensor[]): Tensor[] =>
  rewrite(outputs, (node, inputs) => {
    if (typeof node.op.onnx !== 'object') return undefined
    return node.op.onnx.as(bind(node.op, inputs, node.attrs))
  })

export const needsLowering = (nodes: readonly Tensor[]): boolean => nodes.some(byOthers)
