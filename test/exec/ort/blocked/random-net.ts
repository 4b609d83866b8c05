import { type Convolution, conv, PLAIN } from '../../../../src/ops/conv.ts'
import { clip, exp, relu, sigmoid } from '../../../../src/ops/elementwise.ts'
import { averagePool, maxPool, type Pooling } from '../../../../src/ops/pool.ts'
import { reshape, transpose } from '../../../../src/ops/shape.ts'
import { concat, slice } from '../../../../src/ops/slice.ts'
import { N, type Shape, size } from '../../../../src/shape.ts'
import { constant, input, type Tensor } from '../../../../src/tensor.ts'
import { normals, uniform } from '../../../support/values.ts'

/** Pictures and, of a random network, the logits. */
export interface RandomNet {
  readonly x: Tensor
  readonly logits: Tensor
  /** What it is made of, for whoever sees it fail. */
  readonly layers: readonly string[]
}

/** A network of `depth` random layers with odd numbers of channels, strides, pads, groups, branches and gates. */
export function randomNet(seed: number, depth: number): RandomNet {
  const next = uniform(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]
  const layers: string[] = []
  let draws = seed * 1000
  const weights = (shape: Shape): Tensor => {
    const fan = size(shape) / shape[0]
    const values = normals(size(shape), ++draws)
    return constant(
      Float32Array.from(values, v => v / Math.sqrt(Math.max(1, fan))),
      shape,
    )
  }
  const CHANNELS = [3, 5, 8, 12, 16, 17, 24, 32]

  const convolution = (x: Tensor, outputs: number, kernel: readonly number[], attrs: Partial<Convolution>): Tensor => {
    const group = attrs.group ?? 1
    layers.push(`conv ${x.shape[1]}→${outputs} ${kernel} ${JSON.stringify(attrs)}`)
    const bias = next() < 0.5 ? weights([outputs]) : undefined
    return conv(x, weights([outputs, x.shape[1] / group, ...kernel]), { ...PLAIN, ...attrs }, bias)
  }
  const activation = (x: Tensor): Tensor => {
    const kind = pick(['relu', 'relu', 'clip', 'sigmoid', 'hardSwish', 'none'])
    layers.push(kind)
    if (kind === 'relu') return relu(x)
    if (kind === 'clip') return clip(x, 0, pick([1, 6]))
    if (kind === 'sigmoid') return sigmoid(x)
    return kind === 'hardSwish' ? x.mul(clip(x.mul(1 / 6).add(0.5), 0, 1)) : x
  }
  const window = (x: Tensor): Pooling => {
    const [, , h, w] = x.shape
    const kernel = [pick([1, 2, 3]), pick([1, 2, 3])].map((k, i) => Math.min(k, [h, w][i])) as [number, number]
    const pads = [0, 1, 2, 3].map(i => (kernel[i % 2] > 1 && next() < 0.4 ? 1 : 0)) as [number, number, number, number]
    const strides = pick([
      [1, 1],
      [2, 2],
      [2, 1],
      [3, 3],
    ] as const)
    return { kernel, pads, strides, dilations: [1, 1] }
  }
  const spatialConv = (x: Tensor): Tensor => {
    const [, c, h, w] = x.shape
    const kernel = [pick([1, 2, 3]), pick([1, 3])].map((k, i) => Math.min(k, [h, w][i]))
    const pads = [0, 1, 2, 3].map(i => (kernel[i % 2] > 1 ? pick([0, 1, 1, 2]) : 0)) as [number, number, number, number]
    const roomy = h > 6 && w > 6
    const strides = pick(
      roomy
        ? ([
            [1, 1],
            [2, 2],
            [2, 2],
            [1, 2],
            [3, 3],
          ] as const)
        : ([[1, 1]] as const),
    )
    const dilations = roomy && next() < 0.2 ? ([2, 2] as const) : ([1, 1] as const)
    const groups = [1, 1, 1, c, ...[2, 3, 4].filter(g => c % g === 0)]
    const group = pick(groups)
    const outputs = group === 1 ? pick(CHANNELS) : group === c ? pick([c, c, 2 * c]) : group * pick([1, 2, 4, 8])
    return convolution(x, outputs, kernel, { strides, pads, dilations, group })
  }
  const blocks: Record<string, (x: Tensor) => Tensor> = {
    conv: x => activation(spatialConv(x)),
    again: x => activation(spatialConv(x)),
    residual(x) {
      const c = x.shape[1]
      const inner = activation(convolution(x, pick(CHANNELS), [1, 1], {}))
      const back = convolution(inner, c, [3, 3], { pads: [1, 1, 1, 1] })
      layers.push('add')
      return activation(next() < 0.5 ? back.add(x) : x.add(back))
    },
    branches(x) {
      const parts = Array.from({ length: pick([2, 3]) }, () => {
        const kind = pick(['conv', 'pool', 'average', 'same'])
        layers.push(`branch ${kind}`)
        const same: Pooling = { kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1] }
        if (kind === 'conv') return activation(convolution(x, pick(CHANNELS), [3, 3], { pads: [1, 1, 1, 1] }))
        if (kind === 'pool') return maxPool(x, same)
        return kind === 'average' ? averagePool(x, same, next() < 0.5) : x
      })
      layers.push('concat')
      return concat(parts, 1)
    },
    maxPool(x) {
      const attrs = window(x)
      layers.push(`maxPool ${JSON.stringify(attrs)}`)
      return maxPool(x, attrs)
    },
    averagePool(x) {
      const [attrs, count] = [window(x), next() < 0.5]
      layers.push(`averagePool ${JSON.stringify(attrs)} ${count}`)
      return averagePool(x, attrs, count)
    },
    gate(x) {
      const c = x.shape[1]
      const squeezed = activation(convolution(x.mean([2, 3]), pick([3, 8, 16]), [1, 1], {}))
      layers.push('gate')
      return x.mul(sigmoid(convolution(squeezed, c, [1, 1], {})))
    },
    scale(x) {
      layers.push('scale and shift')
      const one = [1, x.shape[1], 1, 1]
      return activation(x.mul(weights(one)).add(weights(one)))
    },
    spatialGate(x) {
      layers.push('gate of pixels')
      return x.mul(sigmoid(x.mean([1])))
    },
    shuffle(x) {
      const [n, c, h, w] = x.shape
      const g = [4, 3, 2].find(k => c % k === 0)
      if (!g) return x
      layers.push(`shuffle ${g}`)
      return reshape(transpose(reshape(x, [n, g, c / g, h, w]), [0, 2, 1, 3, 4]), x.shape)
    },
    split(x) {
      const [n, c, h, w] = x.shape
      const first = Math.ceil(c / 2)
      if (first === c) return x
      layers.push('split')
      const [a, b] = [slice(x, [0, 0, 0, 0], [n, first, h, w]), slice(x, [0, first, 0, 0], [n, c - first, h, w])]
      return concat([activation(spatialSame(a)), b], 1)
    },
    crop(x) {
      const [n, c, h, w] = x.shape
      if (h < 4 || w < 4) return x
      layers.push('every second pixel')
      return slice(x, [0, 0, 1, 0], [n, c, Math.floor(h / 2), Math.ceil(w / 2)], [1, 1, 2, 2])
    },
    ratio(x) {
      layers.push('x / (1 + e^x)')
      return x.div(exp(clip(x, -3, 3)).add(1))
    },
  }
  const spatialSame = (x: Tensor): Tensor => convolution(x, pick(CHANNELS), [3, 3], { pads: [1, 1, 1, 1] })

  const x = input([N, pick([1, 3]), pick([9, 12]), pick([10, 13])], 'x')
  let y = activation(
    convolution(x, pick(CHANNELS), [3, 3], {
      strides: pick([
        [1, 1],
        [2, 2],
      ] as const),
      pads: [1, 1, 1, 1],
    }),
  )
  for (let i = 0; i < depth; i++) y = blocks[pick(Object.keys(blocks))](y)
  layers.push('head')
  const features = reshape(y.mean([2, 3]), [N, y.shape[1]])
  return { x, logits: features.matmul(weights([y.shape[1], 4])).add(weights([1, 4])), layers }
}
