import { above1, type Case, f, one, positive } from './case.ts'
import { MATRICES } from './matrix-cases.ts'
import { NORMALISATIONS } from './normalising-cases.ts'
import { floats, ints, node } from './small-model.ts'

/** Operators that compute, in their variants, by family. */
export const COMPUTING: Readonly<Record<string, readonly Case[]>> = {
  elementwise: [
    ...['Neg', 'Abs', 'Exp', 'Sin', 'Cos', 'Sign', 'Tanh', 'Sigmoid', 'Relu', 'Softplus', 'Softsign'].map(t => one(t)),
    ...['Erf', 'Floor', 'Ceil', 'Round', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Atanh'].map(t =>
      one(t),
    ),
    ...['Log', 'Sqrt', 'Reciprocal'].map(t => positive(t)),
    above1('Acosh'),
    ...['Add', 'Sub', 'Mul', 'Div'].map(t => one(t, {}, { extra: ['w'], weights: { w: floats([3, 1, 1]) } })),
    ...[1, 2, 3, 4, -1].map(e => one('Pow', {}, { extra: ['e'], weights: { e: floats([], [e]) } })),
    [
      'Pow by 0.75 of positive values',
      {
        nodes: [node('Abs', 'x -> a'), node('Pow', 'a, e -> z'), node('Flatten', 'z -> y')],
        weights: { e: floats([], [0.75]) },
      },
    ],
    one('Pow', {}, { extra: ['e'], weights: { e: ints([2], []) } }),
    ...['Sum', 'Mean', 'Max', 'Min'].map(t =>
      one(t, {}, { extra: ['v', 'w'], weights: { v: floats([6]), w: floats([3, 6, 6]) } }),
    ),
    ...['Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual', 'Equal'].map(
      (t): Case => [
        `${t} and Where`,
        {
          nodes: [
            node(t, 'x, w -> c'),
            node('Not', 'c -> n'),
            node('Or', 'c, n -> o'),
            node('And', 'o, c -> b'),
            node('Where', 'b, x, w -> z'),
            node('Cast', 'n -> m', { to: 1 }),
            node('Add', 'z, m -> s'),
            node('Flatten', 's -> y'),
          ],
          weights: { w: floats([1, 6]) },
        },
      ],
    ),
  ],
  steps: [
    one('Mod', { fmod: 1 }, { extra: ['w'], weights: { w: floats([3, 1, 1], [0.3, -0.4, 0.7]) } }),
    ...['Xor', 'And', 'Or'].map(
      (t): Case => [
        `${t} of comparisons`,
        {
          nodes: [
            node('Greater', 'x, w -> a'),
            node('Less', 'x, v -> b'),
            node(t, 'a, b -> c'),
            node('Cast', 'c -> d', { to: 1 }),
            node('Mul', 'd, x -> z'),
            node('Flatten', 'z -> y'),
          ],
          weights: { w: floats([1, 6]), v: floats([6, 1]) },
        },
      ],
    ),
    [
      'IsNaN and IsInf',
      {
        nodes: [
          node('Div', 'x, zero -> i'),
          node('IsInf', 'i -> up', { detect_negative: 0 }),
          node('IsInf', 'i -> down', { detect_positive: 0 }),
          node('Sqrt', 'x -> r'),
          node('IsNaN', 'r -> n'),
          node('Where', 'up, x, one -> a'),
          node('Where', 'down, x, a -> b'),
          node('Where', 'n, a, b -> z'),
          node('Flatten', 'z -> y'),
        ],
        weights: { zero: floats([], [0]), one: floats([], [1]) },
      },
    ],
    [
      'Cast to whole numbers and Mod of them',
      {
        nodes: [
          node('Mul', 'x, ten -> a'),
          node('Cast', 'a -> b', { to: 7 }),
          node('Mod', 'b, three -> c'),
          node('Cast', 'c -> d', { to: 1 }),
          node('Add', 'd, x -> z'),
          node('Flatten', 'z -> y'),
        ],
        weights: { ten: floats([], [10]), three: ints([3], []) },
      },
    ],
  ],
  activations: [
    one('LeakyRelu'),
    one('LeakyRelu', { alpha: f(0.3) }),
    one('PRelu', {}, { extra: ['s'], weights: { s: floats([3, 1, 1], [0.1, -0.2, 0.3]) } }),
    ...['Elu', 'Celu', 'Selu', 'HardSigmoid', 'ThresholdedRelu'].map(t => one(t)),
    ...['Elu', 'Celu'].map(t => one(t, { alpha: f(0.4) })),
    one('HardSigmoid', { alpha: f(0.7), beta: f(0.4) }),
    one('HardSwish'),
    one('Mish', {}, { opset: 18 }),
    one('Gelu', { approximate: 'tanh' }, { opset: 20 }),
    one('Gelu', {}, { opset: 20 }),
    one('Shrink'),
    one('Shrink', { bias: f(0.1), lambd: f(0.3) }),
    one('Clip', { min: f(-0.2), max: f(0.3) }, { opset: 7 }),
    one('Clip', { min: f(0) }, { opset: 10 }),
    one('Clip', {}, { opset: 10 }),
    one('Clip', {}, { extra: ['lo', 'hi'], weights: { lo: floats([], [-0.1]), hi: floats([], [0.4]) } }),
    one('Clip', {}, { extra: ['', 'hi'], weights: { hi: floats([], [0.4]) } }),
    one('Clip', {}, { extra: ['lo'], weights: { lo: floats([], [0]) } }),
    [
      'Clip by what constants compute',
      {
        nodes: [node('Add', 'a, a -> lo'), node('Clip', 'x, lo -> z'), node('Flatten', 'z -> y')],
        weights: { a: floats([], [-0.1]) },
      },
    ],
  ],
  convolutions: [
    one('Conv', {}, { extra: ['w', 'b'], weights: { w: floats([4, 3, 3, 3]), b: floats([4]) } }),
    ...[
      { pads: [1, 1, 1, 1], strides: [2, 2] },
      { pads: [0, 2, 1, 0], strides: [2, 1], dilations: [2, 1] },
      { auto_pad: 'SAME_UPPER', strides: [2, 2] },
      { auto_pad: 'SAME_LOWER', strides: [2, 2] },
      { auto_pad: 'VALID', kernel_shape: [3, 3] },
    ].map(attributes => one('Conv', attributes, { extra: ['w'], weights: { w: floats([4, 3, 3, 3]) } })),
    one('Conv', { group: 3, auto_pad: 'SAME_LOWER' }, { extra: ['w'], weights: { w: floats([6, 1, 2, 4]) } }),
    ...[
      { strides: [2, 3], pads: [1, 0, 2, 1] },
      { auto_pad: 'SAME_UPPER', strides: [2, 3] },
      { auto_pad: 'SAME_LOWER', strides: [1, 2], kernel_shape: [2, 3] },
      { auto_pad: 'VALID', dilations: [3, 1] },
      { auto_pad: 'NOTSET', dilations: [2, 2], pads: [2, 2, 2, 2], kernel_shape: [2, 3] },
    ].map(a =>
      one('Conv', { ...a, group: 3 }, { extra: ['w', 'b'], weights: { w: floats([6, 1, 2, 3]), b: floats([6]) } }),
    ),
    ...[
      {},
      { pads: [1, 2], strides: [2] },
      { dilations: [2], kernel_shape: [3] },
      { auto_pad: 'SAME_UPPER', strides: [2] },
      { auto_pad: 'SAME_LOWER', strides: [3] },
      { auto_pad: 'VALID' },
    ].flatMap(attributes =>
      ['Conv', 'ConvTranspose'].map(
        (type): Case => [
          `${type} over one axis ${JSON.stringify(attributes)}`,
          {
            nodes: [
              node('Reshape', 'x, lines -> l'),
              node(type, 'l, w, b -> z', { ...attributes, group: 3 }),
              node('Flatten', 'z -> y'),
            ],
            weights: { lines: ints([0, 6, -1]), w: floats([6, 2, 3]), b: floats([6]) },
          },
        ],
      ),
    ),
    [
      'Conv with weights that constants compute',
      {
        nodes: [
          node('Mul', 'v, v -> s'),
          node('Transpose', 's -> w', { perm: [1, 0, 3, 2] }),
          node('Conv', 'x, w, b -> z'),
          node('Flatten', 'z -> y'),
        ],
        weights: { v: floats([3, 4, 2, 3]), b: floats([4]) },
      },
    ],
    ...[
      { output_shape: [13, 12], strides: [2, 2] },
      { output_shape: [11, 12], strides: [2, 2], auto_pad: 'SAME_UPPER' },
      { output_shape: [11, 12], strides: [2, 2], auto_pad: 'SAME_LOWER' },
      { output_shape: [13, 14], strides: [2, 2], output_padding: [1, 1] },
      { auto_pad: 'SAME_UPPER', strides: [2, 3] },
      { auto_pad: 'SAME_LOWER', strides: [2, 3] },
      { auto_pad: 'SAME_UPPER', strides: [2, 2], dilations: [2, 1], output_padding: [1, 0] },
      { auto_pad: 'VALID', strides: [2, 1] },
      { strides: [2, 3], dilations: [3, 2], group: 3, pads: [1, 0, 2, 3], output_padding: [1, 1] },
      {},
      { strides: [2, 2], pads: [1, 0, 0, 1], output_padding: [1, 0] },
      { group: 3, dilations: [2, 1] },
    ].map(a =>
      one('ConvTranspose', a, {
        extra: ['w', 'b'],
        weights: { w: floats([3, 2, 3, 3]), b: floats(['group' in a ? 6 : 2]) },
      }),
    ),
  ],
  pooling: [
    ...['MaxPool', 'AveragePool'].flatMap(type => [
      ...[
        { kernel_shape: [2, 2], strides: [2, 2] },
        { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
        { kernel_shape: [3, 2], pads: [0, 1, 2, 0] },
        { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' },
        { kernel_shape: [4, 4], strides: [3, 3], auto_pad: 'SAME_LOWER' },
        { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1, pads: [1, 0, 0, 0] },
        { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
        { kernel_shape: [2, 2], strides: [3, 3], ceil_mode: 1 },
        { kernel_shape: [6, 6] },
      ].map(attributes => one(type, attributes, { opset: 19 })),
      one(type, { kernel_shape: [2, 2], dilations: [2, 3] }, { opset: 19 }),
    ]),
    ...[
      { pads: [1, 1, 1, 1] },
      { pads: [1, 0, 1, 2], strides: [2, 2] },
      { pads: [1, 1, 1, 1], ceil_mode: 1, strides: [2, 2] },
    ].map(a => one('AveragePool', { ...a, kernel_shape: [3, 3], count_include_pad: 1 }, { opset: 19 })),
    ...[
      { kernel_shape: [3, 1, 1], pads: [1, 0, 0, 1, 0, 0] },
      { kernel_shape: [2, 1, 1], strides: [2, 1, 1], ceil_mode: 1 },
    ].flatMap(attributes =>
      ['AveragePool', 'MaxPool'].map(
        (type): Case => [
          `${type} over channels ${JSON.stringify(attributes)}`,
          {
            nodes: [
              node('Unsqueeze', 'x, one -> five'),
              node(type, 'five -> z', attributes),
              node('Flatten', 'z -> flat'),
              node('Neg', 'flat -> y'),
            ],
            weights: { one: ints([1]) },
          },
        ],
      ),
    ),
    one('MaxPool', { kernel_shape: [2, 2], strides: [4, 3], auto_pad: 'VALID', ceil_mode: 1 }),
    one('MaxPool', { kernel_shape: [3, 4], strides: [2, 3], auto_pad: 'SAME_UPPER' }, { opset: 8 }),
    one('AveragePool', { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1] }, { opset: 7 }),
    one('LpPool', { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] }, { opset: 7 }),
    one('LpPool', { kernel_shape: [2, 3], auto_pad: 'SAME_UPPER', p: 1 }, { opset: 11 }),
    one('LpPool', { kernel_shape: [2, 3], dilations: [2, 1], p: 3 }, { opset: 18 }),
    one('LpPool', { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1, p: 4 }, { opset: 22 }),
    one('GlobalAveragePool'),
    one('GlobalMaxPool'),
    one('GlobalLpPool'),
    ...[1, 3].map(p => one('GlobalLpPool', { p })),
  ],
  matrices: MATRICES,
  normalisation: NORMALISATIONS,
}
