import { type Convolution, convInput, conv as convolve, convWeight, PLAIN } from '../../../src/ops/conv.ts'
import type { Tensor } from '../../../src/tensor.ts'
import { type Case, domain, images } from '../case.ts'

interface Layer extends Partial<Convolution> {
  readonly name: string
  /** Channels, height, width of the input. */
  readonly x: readonly [number, number, number]
  /** Output channels, input channels of a group, height, width of the kernel. */
  readonly w: readonly [number, number, number, number]
}

const LAYERS: readonly Layer[] = [
  { name: '3x3', x: [2, 5, 4], w: [3, 2, 3, 3] },
  { name: '3x3, same size', x: [2, 5, 4], w: [3, 2, 3, 3], pads: [1, 1, 1, 1] },
  { name: '1x1', x: [3, 3, 2], w: [2, 3, 1, 1] },
  { name: '1x1, stride 2', x: [3, 5, 4], w: [2, 3, 1, 1], strides: [2, 2] },
  { name: '1x1, stride 3, even size', x: [2, 6, 7], w: [2, 2, 1, 1], strides: [3, 3] },
  { name: '1x1, stride 2, pads', x: [2, 5, 5], w: [2, 2, 1, 1], strides: [2, 2], pads: [1, 1, 1, 1] },
  { name: '3x3, stride 2', x: [2, 7, 6], w: [2, 2, 3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  { name: '3x3, stride 2, one pad behind', x: [2, 6, 6], w: [2, 2, 3, 3], strides: [2, 2], pads: [0, 0, 1, 1] },
  { name: '3x3, stride 3', x: [1, 7, 8], w: [2, 1, 3, 3], strides: [3, 3] },
  { name: '2x2, stride 3', x: [2, 7, 8], w: [2, 2, 2, 2], strides: [3, 3], pads: [1, 0, 0, 1] },
  { name: '2x2, stride 2', x: [2, 6, 5], w: [2, 2, 2, 2], strides: [2, 2] },
  { name: '7x7, stride 2', x: [1, 9, 10], w: [2, 1, 7, 7], strides: [2, 2], pads: [3, 3, 3, 3] },
  { name: '5x5, stride 3', x: [1, 8, 9], w: [1, 1, 5, 5], strides: [3, 3], pads: [2, 2, 2, 2] },
  { name: 'unequal strides', x: [2, 6, 7], w: [2, 2, 3, 3], strides: [2, 1], pads: [1, 1, 1, 1] },
  { name: 'unequal strides, 2 and 3', x: [2, 7, 8], w: [2, 2, 3, 2], strides: [2, 3] },
  { name: 'asymmetric pads', x: [2, 4, 5], w: [2, 2, 3, 3], pads: [0, 1, 2, 3] },
  { name: 'pads as large as the kernel', x: [1, 3, 3], w: [2, 1, 2, 2], pads: [2, 2, 2, 2] },
  { name: 'pads larger than the kernel', x: [1, 4, 3], w: [2, 1, 2, 2], pads: [3, 4, 4, 3] },
  { name: 'pads larger than the kernel, stride 2', x: [1, 5, 4], w: [2, 1, 2, 2], strides: [2, 2], pads: [4, 3, 3, 5] },
  { name: 'one row, one column', x: [2, 4, 5], w: [2, 2, 1, 3], pads: [0, 1, 0, 1] },
  { name: '7x1', x: [1, 8, 3], w: [2, 1, 7, 1], pads: [3, 0, 3, 0] },
  { name: 'the whole picture', x: [2, 3, 4], w: [3, 2, 3, 4] },
  { name: 'a kernel that only pads make room for', x: [1, 2, 2], w: [1, 1, 5, 5], pads: [2, 2, 2, 2] },
  { name: 'dilation 2', x: [2, 7, 6], w: [2, 2, 3, 3], dilations: [2, 2], pads: [2, 2, 2, 2] },
  { name: 'unequal dilations', x: [1, 7, 8], w: [2, 1, 3, 3], dilations: [1, 3], pads: [1, 3, 1, 3] },
  {
    name: 'dilation 2, stride 2',
    x: [1, 8, 9],
    w: [2, 1, 3, 3],
    dilations: [2, 2],
    strides: [2, 2],
    pads: [2, 2, 2, 2],
  },
  { name: 'two groups', x: [4, 4, 4], w: [6, 2, 3, 3], group: 2, pads: [1, 1, 1, 1] },
  { name: 'two groups, stride 2', x: [4, 5, 4], w: [2, 2, 3, 3], group: 2, strides: [2, 2], pads: [1, 1, 1, 1] },
  { name: 'three groups, 1x1', x: [6, 3, 3], w: [3, 2, 1, 1], group: 3 },
  { name: 'depthwise', x: [3, 5, 4], w: [3, 1, 3, 3], group: 3, pads: [1, 1, 1, 1] },
  { name: 'depthwise, stride 2', x: [3, 6, 5], w: [3, 1, 3, 3], group: 3, strides: [2, 2], pads: [1, 1, 1, 1] },
  {
    name: 'depthwise, stride 2, one pad behind',
    x: [2, 6, 6],
    w: [2, 1, 3, 3],
    group: 2,
    strides: [2, 2],
    pads: [0, 0, 1, 1],
  },
  { name: 'depthwise, two outputs a channel', x: [2, 4, 4], w: [4, 1, 3, 3], group: 2 },
  { name: 'depthwise, dilation 2', x: [2, 6, 6], w: [2, 1, 3, 3], group: 2, dilations: [2, 2], pads: [2, 2, 2, 2] },
  { name: 'one pixel', x: [2, 1, 1], w: [3, 2, 1, 1] },
  { name: 'rows that no window reaches', x: [1, 8, 8], w: [1, 1, 2, 2], strides: [4, 4] },
]

const attributes = ({ strides, pads, dilations, group }: Layer): Convolution => ({
  strides: strides ?? PLAIN.strides,
  pads: pads ?? PLAIN.pads,
  dilations: dilations ?? PLAIN.dilations,
  group: group ?? PLAIN.group,
})

const G = domain(images(2, 3, 3))

export const conv: readonly Case[] = [
  ...LAYERS.map(layer => ({
    name: `conv ${layer.name}`,
    inputs: [domain(images(...layer.x)), domain(layer.w)],
    f: (x: Tensor, w: Tensor) => convolve(x, w, attributes(layer)),
  })),
  ...LAYERS.filter(({ name }) => ['3x3', '1x1, stride 2', 'depthwise'].includes(name)).map(layer => ({
    name: `conv ${layer.name}, with a bias`,
    inputs: [domain(images(...layer.x)), domain(layer.w), domain([layer.w[0]])],
    f: (x: Tensor, w: Tensor, b: Tensor) => convolve(x, w, attributes(layer), b),
  })),
  {
    name: 'conv without attributes',
    inputs: [domain(images(1, 4, 4)), domain([2, 1, 2, 2])],
    f: (x, w) => convolve(x, w),
  },
  {
    name: 'convInput',
    inputs: [G, domain([2, 2, 3, 3])],
    f: (g, w) => convInput(g, w, [6, 5], { ...PLAIN, strides: [2, 2], pads: [1, 1, 1, 1] }),
  },
  {
    name: 'convWeight',
    inputs: [domain(images(2, 6, 5)), G],
    f: (x, g) => convWeight(x, g, [3, 3], { ...PLAIN, strides: [2, 2], pads: [1, 1, 1, 1] }),
  },
]
