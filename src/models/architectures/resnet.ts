import { relu } from '../../ops/elementwise.ts'
import { maxPool } from '../../ops/pool.ts'
import type { Tensor } from '../../tensor.ts'
import type { Architecture } from './architecture.ts'
import { asPyTorch, byFanIn, heNormal, type Initial, Layers, pooled } from './layers.ts'

const PAPER = 'He et al. 2015, https://arxiv.org/abs/1512.03385'

/** What differs between members of the family. */
interface Plan {
  readonly title: string
  readonly section: string
  readonly stem: (layers: Layers, x: Tensor) => Tensor
  /** Channels and blocks of each stage; every stage but the first halves height and width. */
  readonly stages: readonly (readonly [channels: number, blocks: number])[]
  readonly bottleneck?: boolean
  readonly initial: Initial
}

const resnet = ({ title, section, stem, stages, bottleneck = false, initial }: Plan): Architecture => ({
  title,
  paper: `${PAPER}, ${section}`,
  layers: seed => new Layers(seed, initial),
  build(layers, pictures, classes) {
    let x = stem(layers, pictures)
    for (const [i, [channels, blocks]] of stages.entries())
      for (let k = 0; k < blocks; k++) {
        const name = `stage${i + 1}.block${k + 1}`
        x = (bottleneck ? narrowing : basic)(layers, name, x, channels, i > 0 && k === 0 ? 2 : 1)
      }
    return { logits: layers.linear('linear', pooled(x), classes) }
  },
})

type Block = (layers: Layers, name: string, x: Tensor, channels: number, stride: number) => Tensor

/** relu(bn(conv(relu(bn(conv(x))))) + shortcut(x)): the paper's figure 5, left. */
const basic: Block = (layers, name, x, channels, stride) => {
  const first = relu(normed(layers, `${name}.conv1`, x, channels, 3, stride))
  return relu(normed(layers, `${name}.conv2`, first, channels, 3, 1).add(shortcut(layers, name, x, channels, stride)))
}

/** The same of 1x1, 3x3 and 1x1 convolutions, the last with four times the channels: figure 5, right. The stride is the 3x3's. */
const narrowing: Block = (layers, name, x, channels, stride) => {
  const first = relu(normed(layers, `${name}.conv1`, x, channels, 1, 1))
  const second = relu(normed(layers, `${name}.conv2`, first, channels, 3, stride))
  const third = normed(layers, `${name}.conv3`, second, 4 * channels, 1, 1)
  return relu(third.add(shortcut(layers, name, x, 4 * channels, stride)))
}

/** x itself, or a 1x1 convolution of it where the shape changes: option B. */
const shortcut: Block = (layers, name, x, channels, stride) =>
  stride === 1 && x.shape[1] === channels ? x : normed(layers, `${name}.conv0`, x, channels, 1, stride)

const normed = (layers: Layers, name: string, x: Tensor, channels: number, kernel: number, stride: number): Tensor =>
  layers.batchNorm(`${name}.bn`, layers.conv(name, x, { channels, kernel, stride }))

/** A 3x3 convolution: for small pictures. */
const small =
  (channels: number) =>
  (layers: Layers, x: Tensor): Tensor =>
    relu(normed(layers, 'stem', x, channels, 3, 1))

/** A 7x7 convolution and a pooling, each of stride 2: for pictures of 224. */
const large = (layers: Layers, x: Tensor): Tensor =>
  maxPool(relu(normed(layers, 'stem', x, 64, 7, 2)), {
    kernel: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    dilations: [1, 1],
  })

const IMAGENET = (blocks: readonly number[], more: Pick<Plan, 'title' | 'bottleneck'>): Architecture =>
  resnet({
    ...more,
    section: 'table 1',
    stem: large,
    stages: blocks.map((count, i) => [64 << i, count] as const),
    initial: { conv: heNormal, linear: byFanIn },
  })

export const RESNETS: Readonly<Record<string, Architecture>> = {
  resnet: resnet({
    title: 'ResNet-14 for small pictures',
    section: '§4.2, n = 2',
    stem: small(16),
    stages: [
      [16, 2],
      [32, 2],
      [64, 2],
    ],
    initial: asPyTorch,
  }),
  resnet18: IMAGENET([2, 2, 2, 2], { title: 'ResNet-18' }),
  resnet34: IMAGENET([3, 4, 6, 3], { title: 'ResNet-34' }),
  resnet50: IMAGENET([3, 4, 6, 3], { title: 'ResNet-50', bottleneck: true }),
}
