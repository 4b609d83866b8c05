import { type Case, f, one } from './case.ts'
import { floats, ints, node, type Small } from './small-model.ts'

const kernels = { w: floats([4, 3, 3, 3]), b: floats([4]) }

const activations = [
  ['Relu', []],
  ['Tanh', []],
  ['Sigmoid', []],
  ['LeakyRelu', [0.2]],
  ['HardSigmoid', [0.3, 0.4]],
  ['Clip', [-0.1, 0.2]],
] as const

/** x as [N, 6, 18], what goes on there, and all of it as scores. */
const tokens = (name: string, nodes: Small['nodes'], weights: Small['weights']): Case => [
  name,
  {
    nodes: [node('Reshape', 'x, places -> t'), ...nodes, node('Flatten', 'z -> y')],
    weights: { places: ints([0, 6, 18]), ...weights },
  },
]

const normalising = { g: floats([18]), h: floats([18]), c: floats([18]) }

/** Operators that ONNX Runtime's optimiser makes, in their variants. */
export const FUSED: Readonly<Record<string, readonly Case[]>> = {
  'attention of opset 23': [
    [
      'by heads in the last axis',
      {
        opset: 23,
        nodes: [
          node('Reshape', 'x, places -> t'),
          node('MatMul', 't, w -> v'),
          node('Attention', 't, t, v -> z', { q_num_heads: 3, kv_num_heads: 3, scale: f(0.4) }),
          node('Flatten', 'z -> y'),
        ],
        weights: { places: ints([0, 6, 18]), w: floats([18, 9]) },
      },
    ],
    [
      'by heads in an axis of their own',
      { opset: 23, nodes: [node('Sin', 'x -> v'), node('Attention', 'x, x, v -> z'), node('Flatten', 'z -> y')] },
    ],
  ],
  'of optimised files': [
    ...activations.map(([activation, params]) =>
      one(
        'com.microsoft.FusedConv',
        { activation, pads: [1, 1, 1, 1], ...(params.length > 0 ? { activation_params: f(params) } : {}) },
        { extra: ['w', 'b'], weights: kernels },
      ),
    ),
    [
      'FusedConv with a sum',
      {
        nodes: [
          node('Conv', 'x, w -> s'),
          node('com.microsoft.FusedConv', 'x, w, b, s -> z', { activation: 'Relu' }),
          node('Flatten', 'z -> y'),
        ],
        weights: kernels,
      },
    ],
    ...activations.slice(0, -1).map(
      ([activation, [alpha, beta]]): Case => [
        `FusedGemm and ${activation}`,
        {
          nodes: [
            node('Flatten', 'x -> a'),
            node('com.microsoft.FusedGemm', 'a, w, b -> z', {
              activation,
              transB: 1,
              alpha: f(0.5),
              ...(alpha === undefined ? {} : { activation_alpha: f(alpha) }),
              ...(beta === undefined ? {} : { activation_beta: f(beta) }),
            }),
            node('Abs', 'z -> y'),
          ],
          weights: { w: floats([5, 108]), b: floats([5]) },
        },
      ],
    ),
    one('com.microsoft.FusedMatMul', { alpha: f(0.3), transB: 1 }, { extra: ['w'], weights: { w: floats([4, 6]) } }),
    one('com.microsoft.FusedMatMul', { transA: 1, transB: 1 }, { extra: ['x'], input: ['N', 3, 6, 6] }),
    one('com.microsoft.Gelu'),
    one('com.microsoft.FastGelu'),
    one('com.microsoft.FastGelu', {}, { extra: ['b'], weights: { b: floats([6]) } }),
    one('com.microsoft.BiasGelu', {}, { extra: ['b'], weights: { b: floats([6]) } }),
    one('com.microsoft.QuickGelu', { alpha: f(1.5) }),
    one('com.microsoft.QuickGelu'),
    tokens(
      'SkipLayerNormalization',
      [node('com.microsoft.SkipLayerNormalization', 't, s, g, h -> z', { epsilon: f(0.01) })],
      { ...normalising, s: floats([1, 6, 18]) },
    ),
    tokens(
      'SkipLayerNormalization with a bias and the sum',
      [node('com.microsoft.SkipLayerNormalization', 't, t, g, h, c -> p, , , q'), node('Mul', 'p, q -> z')],
      normalising,
    ),
    tokens(
      'SkipSimplifiedLayerNormalization',
      [node('com.microsoft.SkipSimplifiedLayerNormalization', 't, t, g, c -> z', { epsilon: f(0.01) })],
      normalising,
    ),
    tokens(
      'SimplifiedLayerNormalization',
      [node('SimplifiedLayerNormalization', 't, g -> z', { epsilon: f(0.01) })],
      normalising,
    ),
    tokens(
      'LayerNormalization among the operators of opset 13',
      [node('LayerNormalization', 't, g, h -> z')],
      normalising,
    ),
    tokens('Attention', [node('com.microsoft.Attention', 't, w, b -> z', { num_heads: 3 })], {
      w: floats([18, 54]),
      b: floats([54]),
    }),
    tokens(
      'Attention of other sizes',
      [node('com.microsoft.Attention', 't, w, b -> z', { num_heads: 2, qkv_hidden_sizes: [8, 8, 12], scale: f(0.7) })],
      { w: floats([18, 28]), b: floats([28]) },
    ),
    tokens(
      'MultiHeadAttention',
      [
        node('MatMul', 't, w -> v'),
        node('com.microsoft.MultiHeadAttention', 't, t, v, b -> z', { num_heads: 3, scale: f(0.4) }),
      ],
      { w: floats([18, 9]), b: floats([45]) },
    ),
    tokens(
      'MultiHeadAttention without a bias',
      [node('com.microsoft.MultiHeadAttention', 't, t, t -> z', { num_heads: 2 })],
      {},
    ),
  ],
}
