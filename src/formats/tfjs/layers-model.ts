import { AdvxError } from '../../errors.ts'
import { sortNodes } from '../onnx/order.ts'
import { quote } from '../onnx/quote.ts'
import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from '../onnx/schema.ts'
import { definitions, demandKnown, demandUnique } from '../onnx/scope.ts'
import { isObject, type Json, list, object, text } from './json.ts'
import { layerAttributes } from './layer-attributes.ts'
import { weightsOf } from './layer-weights.ts'

/** The set that Keras' layers are of. */
export const KERAS = 'keras'

const MODELS: readonly string[] = ['Sequential', 'Model', 'Functional']
const MAX_DEPTH = 64
const MAX_NODES = 2 ** 16

/** A layer, or a model as a layer of another. */
interface Layer {
  readonly type: string
  readonly name: string
  readonly config: Json
  /** What it is called with, once for each call; none where the order of the layers tells. */
  readonly calls: readonly (readonly string[])[]
  /** The number of its first call: before Keras 3 the 0th call of a model is its own. */
  readonly first: 0 | 1
}

/**
 * A LayersModel's topology as a graph with a node for each call of a layer; models within are taken apart. The value of a
 * layer has its name, that of its k-th further call `name:k`, and in front the names of the models that it is in.
 */
export function parseLayersModel(topology: Json, weights: ReadonlyMap<string, OnnxTensor>): OnnxGraph {
  const model = object(topology.model_config ?? topology, 'the topology')
  const builder = new Builder([...weights.keys()])
  const type = text(model.class_name, "'class_name' of the topology")
  const results = builder.model(type, configOf(model.config, 'the config of the model'), null, '')
  const outputs = results.map(name => ({ name, type: null, dims: null }))
  const { inputs, nodes } = builder
  const graph = { name: '', nodes, initializers: weights, inputs, outputs, values: [] }
  const names = definitions(graph)
  demandUnique(names)
  demandKnown(nodes, results, new Set(names))
  return { ...graph, nodes: sortNodes(nodes) }
}

class Builder {
  readonly nodes: OnnxNode[] = []
  readonly inputs: OnnxValue[] = []
  readonly #weights: readonly string[]
  #depth = 0

  constructor(weights: readonly string[]) {
    this.#weights = weights
  }

  /** The values that a model gives, called with values; null where it is the whole model, whose inputs are pictures. */
  model(type: string, config: Json, given: readonly string[] | null, scope: string): readonly string[] {
    if (++this.#depth > MAX_DEPTH) throw new AdvxError('model', `Models are nested more than ${MAX_DEPTH} deep.`)
    const results =
      type === 'Sequential'
        ? this.#sequential(parseLayers(config), given, scope)
        : this.#functional(config, given, scope)
    this.#depth--
    return results
  }

  #sequential(layers: readonly Layer[], given: readonly string[] | null, scope: string): readonly string[] {
    if (layers.length === 0) throw new AdvxError('model', 'A Sequential has no layers.')
    let values = given ?? [this.#input(`${layers[0].name}_input`, shapeInto(layers[0]))]
    for (const layer of layers) values = layer.type === 'InputLayer' ? values : this.#call(layer, values, scope, 0)
    return values
  }

  #functional(config: Json, given: readonly string[] | null, scope: string): readonly string[] {
    const entrances = references(config.input_layers, "'input_layers'").map(([name]) => name)
    for (const layer of parseLayers(config)) {
      const place = layer.type === 'InputLayer' ? entrances.indexOf(layer.name) : -1
      if (place >= 0 && given) this.#identity(scope + layer.name, given[place] ?? '')
      else if (place >= 0) this.#input(scope + layer.name, shapeInto(layer))
      else
        for (const [k, inputs] of layer.calls.entries()) {
          const outer = inputs.map(name => scope + name)
          this.#call(layer, outer, scope, k + layer.first)
        }
    }
    return references(config.output_layers, "'output_layers'").map(reference => scope + valueName(reference))
  }

  #call({ type, name, config }: Layer, inputs: readonly string[], scope: string, k: number): readonly string[] {
    const own = scope + valueName([name, k, 0])
    if (!MODELS.includes(type)) {
      const weights = weightsOf(type, name, config, this.#weights)
      return this.#node({ name: own, type, inputs: [...inputs, ...weights], attributes: layerAttributes(config) })
    }
    const results = this.model(type, config, inputs, `${own}/`)
    return results.flatMap((result, i) => this.#identity(scope + valueName([name, k, i]), result))
  }

  #identity(name: string, input: string): readonly string[] {
    return this.#node({ name, type: 'InputLayer', inputs: [input], attributes: new Map() })
  }

  #node(node: Pick<OnnxNode, 'name' | 'type' | 'inputs' | 'attributes'>): readonly string[] {
    if (this.nodes.length === MAX_NODES)
      throw new AdvxError('model', `The model has more than ${MAX_NODES} layers, those of models in it counted.`)
    this.nodes.push({ ...node, domain: KERAS, outputs: [node.name] })
    return [node.name]
  }

  #input(name: string, dims: OnnxValue['dims']): string {
    this.inputs.push({ name, type: 'float32', dims })
    return name
  }
}

/** The config of an old Sequential is the list of its layers. */
const configOf = (value: unknown, subject: string): Json =>
  Array.isArray(value) ? { layers: value } : object(value, subject)

function parseLayers({ layers }: Json): readonly Layer[] {
  return list(layers, "'layers' of a model").map((value, i) => {
    const layer = object(value, `layer ${i}`)
    const type = text(layer.class_name, `'class_name' of layer ${i}`)
    const config = configOf(layer.config, `'config' of layer ${i}`)
    const name = text(layer.name ?? config.name ?? `${type}_${i}`, `the name of layer ${i}`)
    const calls = list(layer.inbound_nodes ?? [], `'inbound_nodes' of ${quote(name)}`)
    const subject = `the inputs of layer ${quote(name)}`
    const inputs = (call: unknown): Reference[] =>
      isObject(call) ? histories(call, subject) : references(call, subject)
    const first = MODELS.includes(type) && !calls.some(isObject) ? 1 : 0
    return { type, name, config, first, calls: calls.map(call => inputs(call).map(valueName)) }
  })
}

/** A layer's name, which of its calls, and which of the results. */
type Reference = readonly [layer: string, call: number, result: number]

/** Lists of [name, call, result], or one of these alone. */
function references(value: unknown, subject: string): Reference[] {
  const all = list(value, subject)
  return (typeof all[0] === 'string' ? [all] : all).map(item => {
    const [layer, call = 0, result = 0] = list(item, subject)
    return [text(layer, subject), Number(call), Number(result)]
  })
}

/** Of Keras 3: the tensors among the arguments of a call, each with where it came from. */
function histories(call: Json, subject: string): Reference[] {
  const found: Reference[] = []
  const pending: unknown[] = [call.kwargs, call.args]
  while (pending.length > 0) {
    const value = pending.pop()
    if (Array.isArray(value)) pending.push(...value.toReversed())
    else if (isObject(value) && value.class_name === '__keras_tensor__') {
      const { keras_history: history } = object(value.config, subject)
      found.push(...references([history], subject))
    } else if (isObject(value)) pending.push(...Object.values(value).toReversed())
  }
  return found
}

const valueName = ([layer, call, result]: Reference): string =>
  `${layer}${call > 0 ? `:${call}` : ''}${result > 0 ? `#${result}` : ''}`

/** The shape of what goes into a layer, as it says, or as the first layer in it says; the batch first. */
function shapeInto({ type, config }: Layer, depth = 0): OnnxValue['dims'] {
  const said = config.batch_input_shape ?? config.batchInputShape ?? config.batch_shape
  if (Array.isArray(said)) return said.map(d => (Number.isSafeInteger(d) && d >= 0 ? d : null))
  if (!MODELS.includes(type) || depth > MAX_DEPTH) return null
  const layers = parseLayers(config)
  const entrance = config.input_layers ? references(config.input_layers, "'input_layers'")[0]?.[0] : undefined
  const first = layers.find(({ name }) => name === entrance) ?? layers[0]
  return first ? shapeInto(first, depth + 1) : null
}
