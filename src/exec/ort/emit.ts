import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from '../../formats/onnx/schema.ts'
import { toposort } from '../../graph.ts'
import type { OnnxValue as Given, OnnxEmitter } from '../../ops/op.ts'
import type { Shape } from '../../shape.ts'
import { dataOf, isConstant, isInput, type Tensor } from '../../tensor.ts'
import type { Fn } from '../executor.ts'

/** Opset and IR version of the files that we write: what every supported ONNX Runtime reads. */
const OPSET = 17
const IR = 8

/** A graph of operators with ONNX forms as an ONNX model; inputs and outputs keep their names. */
export function emit({ inputs, outputs }: Fn): OnnxModel {
  const names = new Map<Tensor, string>(Object.entries(inputs).map(([name, t]) => [t, name]))
  const nodes: OnnxNode[] = []
  const initializers = new Map<string, OnnxTensor>()
  let count = 0
  const known = new Map<string, string>()
  const initializer = (tensor: Omit<OnnxTensor, 'name'>, key?: string): string => {
    const before = key && known.get(key)
    if (before) return before
    const name = `c${++count}`
    initializers.set(name, { ...tensor, name } as OnnxTensor)
    if (key) known.set(key, name)
    return name
  }
  const kinds = new Map<string, number>()
  /** conv_1, conv_2, relu_1: for people who look for a layer. */
  const next = (type: string): string => {
    const number = (kinds.get(type) ?? 0) + 1
    kinds.set(type, number)
    return `${type.toLowerCase()}_${number}`
  }
  const emitter: OnnxEmitter = {
    node(type, given, attributes = {}, domain = '') {
      const output = next(type)
      nodes.push(node(type, given, type === 'TopK' ? [output, `${output}i`] : [output], attributes, domain))
      return output
    },
    second(type, given, attributes = {}) {
      const output = next(type)
      nodes.push(node(type, given, [`${output}a`, output], attributes, ''))
      return output
    },
    floats: (values, shape = [values.length]) =>
      initializer({ type: 'float32', dims: shape, data: Float32Array.from(values) }, `f [${shape}] ${values}`),
    ints: values =>
      initializer({ type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) }, `i ${values}`),
  }
  for (const t of toposort(Object.values(outputs))) {
    if (isInput(t)) continue
    if (isConstant(t)) {
      names.set(t, initializer({ type: 'float32', dims: [...t.shape], data: dataOf(t) }))
      continue
    }
    const from = t.inputs.map(source => names.get(source)!)
    const form = t.op.onnx
    if (typeof form === 'object') throw new TypeError(`'${t.op.name}' reached the ONNX emitter before it was lowered`)
    names.set(t, typeof form === 'string' ? emitter.node(form, from) : form(emitter, from, t))
  }
  // An output may also be an input, a constant or another output: each gets a name of its own.
  for (const [name, t] of Object.entries(outputs)) nodes.push(node('Identity', [names.get(t)!], [name], {}, ''))
  return {
    irVersion: IR,
    producer: 'advx',
    opsets: new Map(nodes.map(({ domain }) => [domain, domain === '' ? OPSET : 1])),
    metadata: new Map(),
    functions: [],
    graph: {
      name: 'advx',
      nodes,
      initializers,
      inputs: Object.entries(inputs).map(([name, t]) => value(name, t.shape)),
      outputs: Object.entries(outputs).map(([name, t]) => value(name, t.shape)),
      values: [],
    },
  }
}

const value = (name: string, shape: Shape): OnnxValue => ({
  name,
  type: 'float32',
  dims: shape.map(d => (d === -1 ? 'N' : d < 0 ? null : d)),
})

function node(
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  given: Readonly<Record<string, Given>>,
  domain: string,
): OnnxNode {
  const attributes = new Map(Object.entries(given).map(([name, v]) => [name, attribute(v)]))
  return {
    name: outputs[0],
    type,
    domain,
    inputs,
    outputs,
    attributes,
  }
}

function attribute(given: Given): OnnxAttribute {
  if (typeof given === 'string') return { kind: 'string', value: given }
  if (typeof given === 'number') return { kind: 'int', value: given }
  if ('float' in given) return { kind: 'float', value: given.float }
  if ('floats' in given) return { kind: 'floats', value: given.floats }
  return { kind: 'ints', value: given }
}
