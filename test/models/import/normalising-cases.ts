import { type Case, f, one } from './case.ts'
import { floats, node } from './small-model.ts'

/** Two groups of four channels. */
const grouped = (opset: number, scales: number, attributes: Parameters<typeof node>[2]): Case => [
  `GroupNormalization of opset ${opset}`,
  {
    opset,
    nodes: [
      node('Conv', 'x, w -> c'),
      node('GroupNormalization', 'c, s, b -> z', { num_groups: 2, ...attributes }),
      node('Flatten', 'z -> y'),
    ],
    weights: {
      w: floats([4, 3, 1, 1]),
      s: floats([scales]),
      b: floats([scales], [0.2, -0.3, 0.4, 1].slice(0, scales)),
    },
  },
]

export const NORMALISATIONS: readonly Case[] = [
  [
    'BatchNormalization',
    {
      nodes: [node('BatchNormalization', 'x, s, b, m, v -> z', { epsilon: f(0.01) }), node('Flatten', 'z -> y')],
      weights: { s: floats([3]), b: floats([3]), m: floats([3]), v: floats([3], [0.5, 1, 2]) },
    },
  ],
  [
    'Conv and BatchNormalization of opset 7',
    {
      opset: 7,
      nodes: [node('Conv', 'x, w -> c'), node('BatchNormalization', 'c, s, b, m, v -> z'), node('Flatten', 'z -> y')],
      weights: { w: floats([2, 3, 3, 3]), s: floats([2]), b: floats([2]), m: floats([2]), v: floats([2], [0.5, 1]) },
    },
  ],
  ...[-1, 1, 2].map(axis => one('Softmax', { axis })),
  ...[1, 2, 3].map(axis => one('Softmax', { axis }, { opset: 11 })),
  one('LogSoftmax', { axis: 2 }),
  one('LogSoftmax', {}, { opset: 9, input: [1, 3, 4, 5] }),
  one('LRN', { size: 3, alpha: f(0.2), beta: f(0.6), bias: f(1.5) }),
  one('LRN', { size: 5 }),
  [
    'BatchNormalization by what constants compute',
    {
      nodes: [node('Add', 's, b -> t'), node('BatchNormalization', 'x, t, b, t, v -> z'), node('Flatten', 'z -> y')],
      weights: { s: floats([3]), b: floats([3]), v: floats([3], [0.5, 1, 2]) },
    },
  ],
  one('InstanceNormalization', {}, { extra: ['s', 'b'], weights: { s: floats([3]), b: floats([3]) } }),
  one('LayerNormalization', { axis: -2 }, { extra: ['s', 'b'], weights: { s: floats([6, 6]), b: floats([6]) } }),

  one('LayerNormalization', { epsilon: f(0.1) }, { extra: ['s'], weights: { s: floats([6]) } }),
  one('LayerNormalization', { axis: 1, stash_type: 1 }, { extra: ['s'], weights: { s: floats([6]) } }),
  [
    'LayerNormalization with mean and deviation',
    {
      nodes: [
        node('LayerNormalization', 'x, s -> z, m, d', { axis: 2 }),
        node('Mul', 'm, z -> a'),
        node('Add', 'a, d -> b'),
        node('Flatten', 'b -> y'),
      ],
      weights: { s: floats([6, 6]) },
    },
  ],
  grouped(18, 2, {}),
  grouped(21, 4, { epsilon: f(0.01) }),
  one('LpNormalization'),
  ...[1, 2].map(p => one('LpNormalization', { axis: 1, p })),
  one('MeanVarianceNormalization', { axes: [2, 3] }),
  one('MeanVarianceNormalization', {}, { input: [1, 3, 4, 5] }),
  one('RMSNormalization', {}, { opset: 23, extra: ['s'], weights: { s: floats([6]) } }),
  one('RMSNormalization', { axis: 2, epsilon: f(0.1) }, { opset: 23, extra: ['s'], weights: { s: floats([6, 6]) } }),
  [
    'L2 norms of nothing',
    {
      nodes: [
        node('Sub', 'x, x -> o'),
        node('LpNormalization', 'o -> n'),
        node('Add', 'n, x -> z'),
        node('Flatten', 'z -> y'),
      ],
    },
  ],
]
