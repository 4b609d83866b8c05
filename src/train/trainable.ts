import { AdvxError } from '../errors.ts'
import { dependents, rewrite, toposort } from '../graph.ts'
import type { Network, Weight } from '../network.ts'
import { size } from '../shape.ts'
import { simplify } from '../simplify.ts'
import { dataOf, input, isConstant, type Tensor } from '../tensor.ts'

/**
 * The network of a model file with its weights apart: kernels and biases of convolutions, matrices, and factors and shifts
 * of channels. What stands before the first layer is preprocessing and stays. Batch normalisations are already part of
 * the convolutions before them, as `simplify` leaves them, and stay so: the trained file has the operators of the given one.
 *
 * @throws AdvxError 'model' where nothing of it can be trained
 */
export function trainable(pictures: Tensor, scores: Tensor): { readonly network: Network; readonly notes: string[] } {
  const [logits] = simplify([scores])
  const live = dependents([logits], new Set([pictures]))
  const layers = toposort([logits]).filter(node => live.has(node) && isLayer(node, live))
  const behind = dependents([logits], new Set(layers))
  const weights = new Map<Tensor, Weight>()
  for (const node of toposort([logits])) {
    if (!live.has(node) || !behind.has(node)) continue
    for (const t of node.inputs)
      if (isConstant(t) && !weights.has(t) && isWeightOf(t, node)) weights.set(t, weightOf(t, weights.size))
  }
  if (weights.size === 0) {
    const found = [...new Set([...live].map(({ op }) => op.name))].join(', ')
    throw new AdvxError(
      'model',
      `The model has no weights that can be trained: convolutions, matrix products, and factors and shifts of channels, with constant weights. It has ${found}.`,
    )
  }
  const frozen = toposort([logits]).filter(t => isConstant(t) && size(t.shape) > 1 && !weights.has(t))
  const count = frozen.reduce((total, t) => total + size(t.shape), 0)
  const [graph] = rewrite([logits], node => weights.get(node)?.tensor)
  return {
    network: { input: pictures, logits: graph, auxiliary: [], weights: [...weights.values()], running: [] },
    notes: count === 0 ? [] : [`${count} numbers of the model are not trained: they are no weights of a layer.`],
  }
}

function weightOf(t: Tensor, index: number): Weight {
  const name = `w${index}`
  return { name, tensor: input(t.shape, name), start: dataOf(t) }
}

/** Whether pictures meet a kernel or a matrix in it. */
const isLayer = ({ op, inputs }: Tensor, live: ReadonlySet<Tensor>): boolean =>
  (op.name === 'conv' || op.name === 'convInput' || op.name === 'matmul') &&
  inputs.some(t => isConstant(t) && size(t.shape) > 1) &&
  inputs.some(t => live.has(t))

/** Whether a constant of more than one number is what such an operator learns. */
function isWeightOf(t: Tensor, { op, inputs }: Tensor): boolean {
  if (op.name === 'conv' || op.name === 'convInput') return inputs.indexOf(t) > 0
  if (op.name === 'matmul') return true
  return ['add', 'sub', 'mul', 'div'].includes(op.name) && size(t.shape) > 1
}
