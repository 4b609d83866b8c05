import { AdvxError } from '../errors.ts'
import { quote } from '../formats/onnx/quote.ts'
import type { OnnxModel } from '../formats/onnx/schema.ts'

/**
 * A model whose value `name` is multiplied by a mask before anything reads it. `dims`: the mask's shape, which goes with
 * that of the value.
 *
 * @throws AdvxError 'model' where the file computes its value outside of its main graph
 */
export function maskValue(model: OnnxModel, name: string, mask: Float32Array, dims: readonly number[]): OnnxModel {
  const { graph } = model
  const at = graph.nodes.findIndex(node => node.outputs.includes(name))
  if (at < 0) throw new AdvxError('model', `No node of the model's main graph gives ${quote(name)}.`)
  const [whole, kept] = [`${name}/whole`, `${name}/mask`]
  const maker = graph.nodes[at]
  const masking = { name: `${name}/masked`, type: 'Mul', domain: '', inputs: [whole, kept], outputs: [name] }
  const nodes = graph.nodes.toSpliced(
    at,
    1,
    { ...maker, outputs: maker.outputs.map(output => (output === name ? whole : output)) },
    { ...masking, attributes: new Map() },
  )
  const initializers = new Map([...graph.initializers, [kept, { name: kept, type: 'float32', dims, data: mask }]])
  return { ...model, graph: { ...graph, nodes, initializers: initializers as typeof graph.initializers } }
}
