import { pullBack } from '../../../src/grad.ts'
import { averagePool, maxPool, type Pooling } from '../../../src/ops/pool.ts'
import { pad } from '../../../src/ops/slice.ts'
import { constant } from '../../../src/tensor.ts'
import { type Case, domain, images } from '../case.ts'

interface Layer extends Partial<Pooling> {
  readonly name: string
  /** Height, width of the input. */
  readonly size: readonly [number, number]
  readonly kernel: readonly [number, number]
}

const LAYERS: readonly Layer[] = [
  { name: '2x2, stride 2', size: [4, 6], kernel: [2, 2], strides: [2, 2] },
  { name: '2x2, stride 2, a row is left', size: [5, 7], kernel: [2, 2], strides: [2, 2] },
  { name: '2x2, stride 1', size: [4, 3], kernel: [2, 2] },
  { name: '3x3, stride 2, pads', size: [6, 7], kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  { name: '3x3, stride 2, one pad behind', size: [6, 6], kernel: [3, 3], strides: [2, 2], pads: [0, 0, 1, 1] },
  { name: '3x3, stride 1, same size', size: [4, 5], kernel: [3, 3], pads: [1, 1, 1, 1] },
  { name: '3x3, stride 3', size: [6, 8], kernel: [3, 3], strides: [3, 3] },
  { name: '2x2, stride 3', size: [5, 8], kernel: [2, 2], strides: [3, 3] },
  { name: '3x2, strides 1 and 2', size: [5, 5], kernel: [3, 2], strides: [1, 2], pads: [2, 0, 1, 1] },
  { name: '5x5, stride 1, same size', size: [4, 4], kernel: [5, 5], pads: [2, 2, 2, 2] },
  { name: '2x2, dilation 2', size: [5, 6], kernel: [2, 2], dilations: [2, 2] },
  {
    name: '3x3, dilation 2, stride 2, pads',
    size: [7, 8],
    kernel: [3, 3],
    dilations: [2, 2],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  },
  {
    name: '2x2, dilation 2, stride 2, pads as wide as the kernel',
    size: [7, 7],
    kernel: [2, 2],
    dilations: [2, 2],
    strides: [2, 2],
    pads: [0, 0, 2, 2],
  },
  { name: 'the whole picture', size: [3, 4], kernel: [3, 4] },
  { name: '1x1', size: [3, 2], kernel: [1, 1] },
  { name: '1x1, stride 2', size: [5, 4], kernel: [1, 1], strides: [2, 2] },
]

const attributes = ({ kernel, strides, pads, dilations }: Layer): Pooling => ({
  kernel,
  strides: strides ?? [1, 1],
  pads: pads ?? [0, 0, 0, 0],
  dilations: dilations ?? [1, 1],
})

const pooling = (name: string, pool: (...args: Parameters<typeof maxPool>) => ReturnType<typeof maxPool>): Case[] =>
  LAYERS.map(layer => ({
    name: `${name} ${layer.name}`,
    inputs: [domain(images(2, ...layer.size))],
    f: x => pool(x, attributes(layer)),
  }))

/** Whole numbers that come twice and more in most windows, below zero, where a pad's zero would win. */
const TIED = constant(
  Float32Array.from({ length: 2 * 6 * 6 }, (_, i) => ((i * i) % 3) - 4),
  [1, 2, 6, 6],
)

export const pool: readonly Case[] = [
  ...pooling('maxPool', maxPool),
  ...pooling('maxPool of squares,', (x, attrs) => maxPool(x.mul(x), attrs)),
  ...pooling('averagePool', (x, attrs) => averagePool(x, attrs)),
  ...pooling('averagePool, pads count,', (x, attrs) => averagePool(x, attrs, true)),
  {
    name: 'maxPool of negative numbers, padded',
    inputs: [domain(images(1, 4, 5), -3, -1)],
    f: x => maxPool(x, { kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1] }),
  },
  {
    name: 'averagePool of a picture padded by a whole kernel',
    inputs: [domain(images(1, 4, 5))],
    f: x =>
      averagePool(pad(x, [0, 0, 1, 0], [0, 0, 0, 2]), {
        kernel: [1, 2],
        strides: [2, 1],
        pads: [0, 0, 0, 0],
        dilations: [1, 1],
      }),
  },
  ...[1, 2, 3].map(stride => ({
    name: `the gradient of a maxPool of equal numbers, stride ${stride}`,
    inputs: [domain([1, 2, ...Array(2).fill(Math.floor(5 / stride) + 1)])],
    f: (g: ReturnType<typeof maxPool>) =>
      pullBack(maxPool(TIED, { kernel: [3, 3], strides: [stride, stride], pads: [1, 1, 1, 1], dilations: [1, 1] }), g, [
        TIED,
      ])[0],
  })),
]
