import type { OnnxModel } from '../../../../src/formats/onnx/schema.ts'
import { FAMILIES } from './blocks.ts'
import { headOf } from './heads.ts'
import { count, RandomNet, type Value } from './random-net.ts'

/** A random classifier of small pictures. */
export interface Drawn {
  readonly seed: number
  readonly model: OnnxModel
  /** What its file ends with, and advx takes away. */
  readonly end: 'Softmax' | 'LogSoftmax' | null
}

const MOST = 900 // values a picture

/** The net of a seed: one to eight random blocks, and a head. */
export function drawNet(seed: number): Drawn {
  const net = new RandomNet(seed)
  const [c, h, w] = [net.among([1, 3]), net.whole(4, 9), net.whole(4, 9)]
  const last = net.chance(0.15) // channels last, as from TensorFlow
  const x: Value = { name: 'x', shape: [c, h, w] }
  const depth = net.whole(1, 8)
  let y = last ? net.add('Transpose', [x], x.shape, { perm: [0, 3, 1, 2] }) : x
  for (let blocks = 0; blocks < depth; ) {
    const grown = net.among(Object.values(net.among(Object.values(FAMILIES))))(net, y)
    if (!grown) continue
    blocks++
    y = count(grown) > MOST ? smaller(net, grown) : grown
  }
  const { scores, end } = headOf(net, y)
  return { seed, model: net.model(last ? [h, w, c] : [c, h, w], scores), end }
}

/** Two channels of half the height and width. */
function smaller(net: RandomNet, x: Value): Value {
  const [c, h, w] = x.shape
  const weights = net.weight([2, c, 1, 1], 1 / Math.sqrt(c))
  return net.add('Conv', [x, weights], [2, Math.ceil(h / 2), Math.ceil(w / 2)], { strides: [2, 2] })
}

/** What a person needs to see of a net that failed. */
export function describeNet({ seed, model }: Drawn): string {
  const { graph, opsets } = model
  const dims = (name: string): string => {
    const tensor = graph.initializers.get(name)
    if (!tensor) return name
    return tensor.data.length <= 8
      ? `${name}=[${Array.from(tensor.data as ArrayLike<number>)}]`
      : `${name}[${tensor.dims}]`
  }
  const nodes = graph.nodes.map(({ type, inputs, outputs, attributes }) => {
    const said = [...attributes].map(([name, { value }]) => ` ${name}=${value}`).join('')
    return `  ${outputs} = ${type}(${inputs.map(dims).join(', ')})${said}`
  })
  return [`net ${seed}, opset ${opsets.get('')}, x [${graph.inputs[0].dims}]`, ...nodes].join('\n')
}
