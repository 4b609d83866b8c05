import { AdvxError } from '../../errors.ts'
import { quote } from '../onnx/quote.ts'
import type { Json } from './json.ts'

/** The weights of a layer, in the order in which its operator reads them behind its inputs. */
const WEIGHTS: Readonly<Record<string, readonly string[]>> = {
  Conv2D: ['kernel', 'bias'],
  Conv2DTranspose: ['kernel', 'bias'],
  DepthwiseConv2D: ['depthwise_kernel', 'bias'],
  SeparableConv2D: ['depthwise_kernel', 'pointwise_kernel', 'bias'],
  Dense: ['kernel', 'bias'],
  BatchNormalization: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  LayerNormalization: ['gamma', 'beta'],
  PReLU: ['alpha'],
}

/** What Keras 3 calls some of them. */
const LATER: Readonly<Record<string, string>> = { depthwise_kernel: 'kernel' }

/** Which setting of a layer says that it does without a weight. */
const FLAGS: Readonly<Record<string, string>> = { bias: 'use_bias', gamma: 'scale', beta: 'center' }

/** The names in the manifest of a layer's weights; '' where it does without. Throws where one is missing. */
export function weightsOf(type: string, layer: string, config: Json, names: readonly string[]): readonly string[] {
  return (Object.hasOwn(WEIGHTS, type) ? WEIGHTS[type] : []).map(weight =>
    config[FLAGS[weight]] === false ? '' : find(layer, weight, names),
  )
}

/** `conv/kernel`; Keras also writes scopes in front, the layer's name twice, or `:0` behind. */
function find(layer: string, weight: string, names: readonly string[]): string {
  const plain = (name: string): string => name.replace(/:0$/, '')
  const fitting = (wanted: string): readonly string[] =>
    names.includes(wanted)
      ? [wanted]
      : names.filter(name => plain(name) === wanted || plain(name).endsWith(`/${wanted}`))
  const wanted = `${layer}/${weight}`
  const found = [wanted, `${layer}/${LATER[weight]}`].map(fitting).find(names => names.length > 0) ?? []
  if (found.length === 1) return found[0]
  const problem = found.length === 0 ? 'has no weight' : 'has several weights'
  throw new AdvxError('model', `The layer ${quote(layer)} ${problem} ${quote(wanted)} in the manifest.`)
}
