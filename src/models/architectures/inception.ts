import { dropout } from '../../ops/dropout.ts'
import { relu } from '../../ops/elementwise.ts'
import { averagePool, maxPool } from '../../ops/pool.ts'
import { concat } from '../../ops/slice.ts'
import type { Tensor } from '../../tensor.ts'
import type { Architecture } from './architecture.ts'
import { asPyTorch, type Initialisation, Layers, normal, pooled } from './layers.ts'

const PAPER = 'Szegedy et al. 2015, https://arxiv.org/abs/1512.00567'

/** A layer of a branch: a convolution with its channels, or a pooling. */
type Layer =
  | {
      readonly channels: number
      readonly kernel: number | readonly [number, number]
      readonly stride?: number
      readonly valid?: true
    }
  | 'average'
  | 'max'
type Branch = readonly (Layer | { readonly fork: readonly Branch[] })[]

const conv = (channels: number, kernel: number | readonly [number, number]): Layer => ({ channels, kernel })
/** Stride 2 and no pads. */
const reducing = (channels: number, kernel: number): Layer => ({ channels, kernel, stride: 2, valid: true })

/** relu(bn(conv(x))), a pooling of 3x3 windows, or branches whose channels follow each other. */
function layered(layers: Layers, name: string, x: Tensor, layer: Branch[number], reduce: 'same' | 'valid'): Tensor {
  if (layer === 'average')
    return averagePool(x, { kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1] })
  if (layer === 'max') {
    const p = reduce === 'same' ? 1 : 0
    return maxPool(x, { kernel: [3, 3], strides: [2, 2], pads: [p, p, p, p], dilations: [1, 1] })
  }
  if ('fork' in layer) return mixed(layers, name, x, layer.fork, reduce)
  const { channels, kernel, stride = 1, valid } = layer
  const pads = valid ? { pads: 0 } : {}
  return relu(layers.batchNorm(`${name}.bn`, layers.conv(name, x, { channels, kernel, stride, ...pads })))
}

/** Several branches over the same map, their channels one after the other. */
const mixed = (
  layers: Layers,
  name: string,
  x: Tensor,
  branches: readonly Branch[],
  reduce: 'same' | 'valid' = 'valid',
): Tensor =>
  concat(
    branches.map((branch, i) =>
      branch.reduce<Tensor>((y, layer, k) => layered(layers, `${name}.branch${i + 1}.${k + 1}`, y, layer, reduce), x),
    ),
    1,
  )

const small: Architecture = {
  title: 'Inception v3 for small pictures',
  paper: `${PAPER}, §6, with four modules`,
  layers: seed => new Layers(seed, asPyTorch),
  build(layers, pictures, classes) {
    const stem = layered(layers, 'stem', pictures, { channels: 32, kernel: 3, stride: 2 }, 'same')
    const square = mixed(layers, 'mixed1', stem, [
      [conv(16, 1)],
      [conv(16, 1), conv(24, 3)],
      [conv(8, 1), conv(16, 3), conv(16, 3)],
      ['average', conv(8, 1)],
    ])
    const reduced = mixed(layers, 'reduction', square, [[{ channels: 40, kernel: 3, stride: 2 }], ['max']], 'same')
    const asymmetric: readonly Branch[] = [
      [conv(40, 1)],
      [conv(24, 1), conv(32, [1, 7]), conv(48, [7, 1])],
      ['average', conv(24, 1)],
    ]
    const x = mixed(layers, 'mixed3', mixed(layers, 'mixed2', reduced, asymmetric), asymmetric)
    return { logits: layers.linear('linear', pooled(x), classes) }
  },
}

/** Figure 5: `pooled` channels behind the pooling. */
const square = (pooled: number): readonly Branch[] => [
  [conv(64, 1)],
  [conv(48, 1), conv(64, 5)],
  [conv(64, 1), conv(96, 3), conv(96, 3)],
  ['average', conv(pooled, 1)],
]
/** Figure 6 with n = 7: `c` channels between. */
const seven = (c: number): readonly Branch[] => [
  [conv(192, 1)],
  [conv(c, 1), conv(c, [1, 7]), conv(192, [7, 1])],
  [conv(c, 1), conv(c, [7, 1]), conv(c, [1, 7]), conv(c, [7, 1]), conv(192, [1, 7])],
  ['average', conv(192, 1)],
]
/** Figure 7: the last layer of two branches is forked. */
const wide: readonly Branch[] = [
  [conv(320, 1)],
  [conv(384, 1), { fork: [[conv(384, [1, 3])], [conv(384, [3, 1])]] }],
  [conv(448, 1), conv(384, 3), { fork: [[conv(384, [1, 3])], [conv(384, [3, 1])]] }],
  ['average', conv(192, 1)],
]
const REDUCTION1: readonly Branch[] = [[reducing(384, 3)], [conv(64, 1), conv(96, 3), reducing(96, 3)], ['max']]
const REDUCTION2: readonly Branch[] = [
  [conv(192, 1), reducing(320, 3)],
  [conv(192, 1), conv(192, [1, 7]), conv(192, [7, 1]), reducing(192, 3)],
  ['max'],
]

/** Weights of the layers as TensorFlow's and torchvision's have them; the paper does not say. */
const initial: Initialisation = normal(0.1)

/** For pictures of 299; of at least 75, so that every window fits. The auxiliary head (§4) is in training alone. */
const large: Architecture = {
  title: 'Inception v3',
  paper: `${PAPER}, table 1`,
  layers: seed => new Layers(seed, { conv: initial, linear: normal(0.1) }, 1e-3),
  build(layers, pictures, classes) {
    const stem: Branch = [
      reducing(32, 3),
      { channels: 32, kernel: 3, valid: true },
      conv(64, 3),
      'max',
      conv(80, 1),
      { channels: 192, kernel: 3, valid: true },
      'max',
    ]
    let x = mixed(layers, 'stem', pictures, [stem])
    for (const [i, channels] of [32, 64, 64].entries()) x = mixed(layers, `mixed5.${i + 1}`, x, square(channels))
    x = mixed(layers, 'mixed6.0', x, REDUCTION1)
    for (const [i, channels] of [128, 160, 160, 192].entries()) x = mixed(layers, `mixed6.${i + 1}`, x, seven(channels))
    const logits = auxiliary(layers, x, classes)
    x = mixed(layers, 'mixed7.0', x, REDUCTION2)
    for (const i of [1, 2]) x = mixed(layers, `mixed7.${i}`, x, wide)
    return {
      logits: layers.linear('linear', dropout(pooled(x), 0.5), classes),
      auxiliary: logits ? [{ logits, share: 0.4 }] : [],
    }
  },
}

/** A small classifier on the map of 17x17; null where the map is too small for it. */
function auxiliary(layers: Layers, x: Tensor, classes: number): Tensor | null {
  const [, , height, width] = x.shape
  if (Math.min(height, width) < 17) return null
  const small = averagePool(x, { kernel: [5, 5], strides: [3, 3], pads: [0, 0, 0, 0], dilations: [1, 1] })
  const narrow = layered(layers, 'auxiliary.1', small, conv(128, 1), 'valid')
  const one = layered(layers, 'auxiliary.2', narrow, { channels: 768, kernel: 5, valid: true }, 'valid')
  return layers.linear('auxiliary.linear', pooled(one), classes)
}

export const INCEPTIONS: Readonly<Record<string, Architecture>> = { inception: small, 'inception-v3': large }
