import { type Architecture, networkOf } from '../../src/models/architectures/architecture.ts'
import { heNormal, Layers, normal, pooled } from '../../src/models/architectures/layers.ts'
import { crossEntropy } from '../../src/objective.ts'
import { dropout } from '../../src/ops/dropout.ts'
import { relu } from '../../src/ops/elementwise.ts'
import { optimizer } from '../../src/train/optimizer.ts'
import type { Pictures } from '../../src/train/pictures.ts'
import { schedule } from '../../src/train/schedule.ts'
import type { Training } from '../../src/train/trainer.ts'

/** Pictures of bright bars, upright or lying, that a network tells apart in a few steps. */
export function bars(count: number): Pictures {
  const [height, width] = [8, 8]
  const levels = new Uint8Array(count * height * width)
  for (let n = 0; n < count; n++)
    for (let k = 0; k < 8; k++) {
      const at = 1 + ((n * 5) % 6)
      levels[n * 64 + (n % 2 === 0 ? k * width + at : at * width + k)] = 200 + (n % 50)
    }
  return {
    size: { channels: 1, height, width },
    classes: ['upright', 'lying'],
    levels,
    labels: Uint16Array.from({ length: count }, (_, n) => n % 2),
  }
}

/** Two convolutions with batch normalisation, and dropout before the last layer. */
const TINY: Architecture = {
  title: 'Tiny',
  paper: 'none',
  layers: seed => new Layers(seed, { conv: heNormal, linear: normal(0.1) }),
  build(layers, pictures, classes) {
    const first = relu(layers.batchNorm('bn1', layers.conv('conv1', pictures, { channels: 16, kernel: 3 })))
    const second = relu(layers.batchNorm('bn2', layers.conv('conv2', first, { channels: 16, kernel: 3, stride: 2 })))
    return { logits: layers.linear('linear', dropout(pooled(second), 0.2), classes) }
  },
}

/** A short training of a tiny network on them. */
export function training(more: Partial<Training['settings']> = {}, rest: Partial<Training> = {}): Training {
  const pictures = bars(40)
  const rate = { rate: 0.02, momentum: 0.9, warmUp: 0 }
  return {
    network: networkOf(TINY, pictures.size, 2, 3),
    normalise: x => x.sub(0.5),
    pictures,
    validation: bars(10),
    settings: {
      objective: crossEntropy({ smoothing: 0.1 }),
      optimizer: optimizer('sgd', { decay: 5e-4, nesterov: true }),
      schedule: schedule('one-cycle', rate),
      clip: 1,
      average: 0.5,
      epochs: 3,
      batch: 16,
      seed: 1,
      augmentation: { shift: 1, flip: true },
      ...more,
    },
    plan: { seed: 1 },
    checkpoint: null,
    threads: 1,
    ...rest,
  }
}
