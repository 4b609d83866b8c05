import { dropout } from '../../ops/dropout.ts'
import { relu } from '../../ops/elementwise.ts'
import { maxPool } from '../../ops/pool.ts'
import { reshape } from '../../ops/shape.ts'
import { size } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import type { Architecture } from './architecture.ts'
import { heNormal, Layers, normal, pooled } from './layers.ts'

interface Plan {
  readonly title: string
  readonly section: string
  /** Channels of each stage's 3x3 convolutions; a pooling halves height and width after each stage. */
  readonly stages: readonly (readonly number[])[]
  /** Values of the two hidden layers; 0: there are none, and the map's channels are pooled. */
  readonly hidden: number
}

/** With batch normalisation behind each convolution, as it is trained today. */
const vgg = ({ title, section, stages, hidden }: Plan): Architecture => ({
  title,
  paper: `Simonyan and Zisserman 2015, https://arxiv.org/abs/1409.1556, ${section}`,
  layers: seed => new Layers(seed, { conv: heNormal, linear: normal(0.01) }),
  build(layers, pictures, classes) {
    let x = pictures
    for (const [i, stage] of stages.entries()) {
      for (const [k, channels] of stage.entries()) {
        const name = `stage${i + 1}.conv${k + 1}`
        x = relu(layers.batchNorm(`${name}.bn`, layers.conv(name, x, { channels, kernel: 3 })))
      }
      x = halved(x)
    }
    if (hidden === 0) return { logits: layers.linear('linear', pooled(x), classes) }
    let features = reshape(x, [x.shape[0], size(x.shape.slice(1))])
    for (const name of ['hidden1', 'hidden2']) features = dropout(relu(layers.linear(name, features, hidden)), 0.5)
    return { logits: layers.linear('linear', features, classes) }
  },
})

/** 2x2 windows of stride 2; of an odd length the last row or column is left out. */
const halved = (x: Tensor): Tensor =>
  maxPool(x, { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1] })

const pairs = (...channels: number[]): number[][] => channels.map(c => [c, c])

export const VGGS: Readonly<Record<string, Architecture>> = {
  vgg: vgg({ title: 'VGG for small pictures', section: '§2, three stages', stages: pairs(16, 32, 64), hidden: 0 }),
  vgg11: vgg({
    title: 'VGG-11',
    section: 'table 1, A',
    stages: [[64], [128], [256, 256], [512, 512], [512, 512]],
    hidden: 4096,
  }),
  vgg16: vgg({
    title: 'VGG-16',
    section: 'table 1, D',
    stages: [
      [64, 64],
      [128, 128],
      [256, 256, 256],
      [512, 512, 512],
      [512, 512, 512],
    ],
    hidden: 4096,
  }),
}
