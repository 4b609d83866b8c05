import { dropout } from '../../ops/dropout.ts'
import { clip } from '../../ops/elementwise.ts'
import type { Tensor } from '../../tensor.ts'
import type { Architecture } from './architecture.ts'
import { asPyTorch, heNormal, type Initial, Layers, normal, pooled } from './layers.ts'

/** (expansion, channels, blocks, stride of the first) */
type Stage = readonly [expansion: number, channels: number, blocks: number, stride: number]

interface Plan {
  readonly title: string
  readonly section: string
  readonly stem: number
  readonly stages: readonly Stage[]
  readonly last: number
  readonly forget: number
  readonly initial: Initial
}

const mobilenet = ({ title, section, stem, stages, last, forget, initial }: Plan): Architecture => ({
  title,
  paper: `Sandler et al. 2018, https://arxiv.org/abs/1801.04381, ${section}`,
  layers: seed => new Layers(seed, initial),
  build(layers, pictures, classes) {
    let x = relu6(normed(layers, 'stem', pictures, stem, 3, 2))
    let count = 0
    for (const [expansion, channels, blocks, stride] of stages)
      for (let k = 0; k < blocks; k++)
        x = residual(layers, `block${++count}`, x, expansion, channels, k === 0 ? stride : 1)
    const features = pooled(relu6(normed(layers, 'last', x, last, 1, 1)))
    return { logits: layers.linear('linear', forget > 0 ? dropout(features, forget) : features, classes) }
  },
})

const relu6 = (x: Tensor): Tensor => clip(x, 0, 6)

/** The inverted residual: bn(1x1(relu6(bn(depthwise(relu6(bn(1x1(x)))))))), plus x where the shape stays; table 1. */
function residual(
  layers: Layers,
  name: string,
  x: Tensor,
  expansion: number,
  channels: number,
  stride: number,
): Tensor {
  const before = x.shape[1]
  const wide = before * expansion
  const expanded = expansion === 1 ? x : relu6(normed(layers, `${name}.expand`, x, wide, 1, 1))
  const mixed = relu6(normed(layers, `${name}.depthwise`, expanded, wide, 3, stride, wide))
  const y = normed(layers, `${name}.project`, mixed, channels, 1, 1)
  return stride === 1 && before === channels ? x.add(y) : y
}

const normed = (
  layers: Layers,
  name: string,
  x: Tensor,
  channels: number,
  kernel: number,
  stride: number,
  group = 1,
): Tensor => layers.batchNorm(`${name}.bn`, layers.conv(name, x, { channels, kernel, stride, group }))

export const MOBILENETS: Readonly<Record<string, Architecture>> = {
  mobilenet: mobilenet({
    title: 'MobileNetV2 for small pictures',
    section: '§3, with five blocks',
    stem: 16,
    stages: [
      [1, 16, 1, 1],
      [4, 24, 1, 2],
      [4, 32, 2, 1],
      [4, 48, 1, 1],
    ],
    last: 128,
    forget: 0,
    initial: asPyTorch,
  }),
  mobilenetv2: mobilenet({
    title: 'MobileNetV2',
    section: 'table 2',
    stem: 32,
    stages: [
      [1, 16, 1, 1],
      [6, 24, 2, 2],
      [6, 32, 3, 2],
      [6, 64, 4, 2],
      [6, 96, 3, 1],
      [6, 160, 3, 2],
      [6, 320, 1, 1],
    ],
    last: 1280,
    forget: 0.2,
    initial: { conv: heNormal, linear: normal(0.01) },
  }),
}
