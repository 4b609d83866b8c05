import { floats, ints, node, type Small } from './small-model.ts'

/** A model whose figures ONNX Runtime's shall be: nodes from x to y, and what else it has. */
export type Case = readonly [name: string, small: Small]

/** One operator, whatever it gives flattened to scores; Neg keeps a Softmax from being the end. */
const one = (
  type: string,
  attributes: Parameters<typeof node>[2] = {},
  rest: Partial<Small> & { readonly extra?: readonly string[] } = {},
): Case => {
  const { extra = [], ...small } = rest
  const name = `${type}${small.opset ? ` of opset ${small.opset}` : ''} ${JSON.stringify(attributes)}`
  const flow = ['x', ...extra].join(', ')
  return [
    name,
    {
      ...small,
      nodes: [node(type, `${flow} -> z`, attributes), node('Flatten', 'z -> flat'), node('Neg', 'flat -> y')],
    },
  ]
}

const f = (float: number | readonly number[]) => ({ float })

/** What fits where x has only values above 0. */
const positive = (type: string): Case => [
  `${type} of positive values`,
  {
    nodes: [node('Abs', 'x -> a'), node('Add', 'a, c -> p'), node(type, 'p -> z'), node('Flatten', 'z -> y')],
    weights: { c: floats([], [0.1]) },
  },
]

/** Every operator in its variants, by family. */
export const families: Readonly<Record<string, readonly Case[]>> = {
  elementwise: [
    ...['Neg', 'Abs', 'Exp', 'Sin', 'Cos', 'Sign', 'Tanh', 'Sigmoid', 'Relu', 'Softplus', 'Softsign'].map(t => one(t)),
    ...['Log', 'Sqrt', 'Reciprocal'].map(t => positive(t)),
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
    ...[{}, { strides: [2, 2], pads: [1, 0, 0, 1], output_padding: [1, 0] }, { group: 3, dilations: [2, 1] }].map(a =>
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
    one('GlobalAveragePool'),
    one('GlobalMaxPool'),
  ],
  matrices: [
    [
      'Gemm with factors, transposed',
      {
        nodes: [node('Flatten', 'x -> a'), node('Gemm', 'a, w, c -> y', { transB: 1, alpha: f(0.5), beta: f(2) })],
        weights: { w: floats([5, 108]), c: floats([1, 5]) },
      },
    ],
    [
      'Gemm of opset 7 without bias',
      {
        opset: 11,
        nodes: [node('Flatten', 'x -> a'), node('Gemm', 'a, w -> y')],
        weights: { w: floats([108, 5]) },
      },
    ],
    [
      'MatMul of stacks',
      {
        nodes: [node('MatMul', 'x, w -> z'), node('Flatten', 'z -> y')],
        weights: { w: floats([1, 1, 6, 2]) },
      },
    ],
    [
      'MatMul by a vector',
      {
        nodes: [node('MatMul', 'x, w -> z'), node('Flatten', 'z -> y')],
        weights: { w: floats([6]) },
      },
    ],
  ],
  normalisation: [
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
    one('InstanceNormalization', {}, { extra: ['s', 'b'], weights: { s: floats([3]), b: floats([3]) } }),
    one('LayerNormalization', { axis: -2 }, { extra: ['s', 'b'], weights: { s: floats([6, 6]), b: floats([6]) } }),
  ],
  reductions: [
    ...[
      'ReduceSum',
      'ReduceMean',
      'ReduceMax',
      'ReduceMin',
      'ReduceL1',
      'ReduceL2',
      'ReduceSumSquare',
      'ReduceLogSumExp',
    ].flatMap(t => [
      one(t, { axes: [2, -1], keepdims: 0 }, { opset: 11 }),
      one(t, { keepdims: 1 }, { opset: 18, extra: ['a'], weights: { a: ints([1, 3]) } }),
    ]),
    one('ReduceSum', { keepdims: 0 }, { opset: 13, extra: ['a'], weights: { a: ints([-2]) } }),
    one('ReduceSum', { noop_with_empty_axes: 1 }, { opset: 13 }),
  ],
  shapes: [
    one('Flatten', { axis: 4 }),
    one('Transpose', { perm: [0, 2, 3, 1] }),
    [
      'two Transposes',
      {
        nodes: [
          node('Transpose', 'x -> a', { perm: [0, 2, 3, 1] }),
          node('Transpose', 'a -> z', { perm: [0, 3, 2, 1] }),
          node('Flatten', 'z -> y'),
        ],
      },
    ],
    [
      'Squeeze and Unsqueeze of opset 11',
      {
        opset: 11,
        nodes: [
          node('GlobalAveragePool', 'x -> a'),
          node('Squeeze', 'a -> b', { axes: [3, 2] }),
          node('Unsqueeze', 'b -> c', { axes: [0, -1] }),
          node('Squeeze', 'c -> y', { axes: [0, 3] }),
        ],
      },
    ],
    [
      'Squeeze and Unsqueeze of opset 13',
      {
        nodes: [
          node('GlobalAveragePool', 'x -> a'),
          node('Squeeze', 'a, two -> b'),
          node('Unsqueeze', 'b, ends -> c'),
          node('Squeeze', 'c, ends -> y'),
        ],
        weights: { two: ints([2, 3]), ends: ints([1, -1]) },
      },
    ],
    ...[
      [0, -1],
      [-1, 108],
      [0, 0, 36],
      [-1, 3, 4, 9],
    ].map(
      (shape): Case => [
        `Reshape to ${shape}`,
        { nodes: [node('Reshape', 'x, s -> z'), node('Flatten', 'z -> y')], weights: { s: ints(shape) } },
      ],
    ),
    [
      'Expand over new and unit axes',
      {
        nodes: [node('GlobalMaxPool', 'x -> a'), node('Expand', 'a, s -> z'), node('Flatten', 'z -> y')],
        weights: { s: ints([1, 3, 2, 4]) },
      },
    ],
    [
      'Tile',
      {
        nodes: [node('Tile', 'x, r -> z'), node('Flatten', 'z -> y')],
        weights: { r: ints([1, 2, 1, 3]) },
      },
    ],
    one('SpaceToDepth', { blocksize: 3 }),
  ],
  slices: [
    one('Slice', { starts: [1, -3], ends: [3, 2147483647], axes: [1, 3] }, { opset: 9 }),
    one('Slice', { starts: [0, 1], ends: [Number.MAX_SAFE_INTEGER, 3] }, { opset: 9 }),
    ...(
      [
        [
          [1, 0],
          [-1, 6],
          [2, 3],
          [2, 3],
        ],
        [[-1], [Number.MIN_SAFE_INTEGER], [3], [-1]],
        [
          [4, 0],
          [0, 100],
          [2, 0],
          [-2, 1],
        ],
        [[-100], [100], [-2], [1]],
      ] as const
    ).map((parts): Case => {
      const [starts, ends, axes, steps] = parts.map(p => ints(p))
      return [
        `Slice of ${JSON.stringify(parts)}`,
        {
          nodes: [node('Slice', 'x, a, b, c, d -> z'), node('Flatten', 'z -> y')],
          weights: { a: starts, b: ends, c: axes, d: steps },
        },
      ]
    }),
    [
      'Split in given parts, of opset 11',
      {
        opset: 11,
        nodes: [
          node('Split', 'x -> a, b', { axis: 2, split: [4, 2] }),
          node('Concat', 'b, a -> z', { axis: -2 }),
          node('Flatten', 'z -> y'),
        ],
      },
    ],
    [
      'Split in parts of opset 13 and 18',
      {
        opset: 18,
        nodes: [
          node('Split', 'x, s -> a, b, c', { axis: 1 }),
          node('Split', 'b -> d, e', { axis: 3, num_outputs: 2 }),
          node('Mul', 'd, e -> g'),
          node('Concat', 'a, c -> h', { axis: 1 }),
          node('Concat', 'h, b -> i', { axis: 1 }),
          node('Flatten', 'i -> j'),
          node('Flatten', 'g -> k'),
          node('Concat', 'j, k -> y', { axis: 1 }),
        ],
        weights: { s: ints([1, 1, 1]) },
      },
    ],
    ...(
      [
        [[2], []],
        [[0, 2], [2]],
        [
          [5, 0, 0, 3],
          [2, 2],
        ],
        [[-1, -2, -3], [3]],
      ] as const
    ).map(
      ([list, dims]): Case => [
        `Gather ${JSON.stringify(list)}`,
        {
          nodes: [node('Gather', 'x, i -> z', { axis: 2 }), node('Flatten', 'z -> y')],
          weights: { i: ints(list, dims) },
        },
      ],
    ),
  ],
  pads: [
    one('Pad', { pads: [0, 0, 1, 2, 0, 1, 0, 3] }, { opset: 10 }),
    one('Pad', { pads: [0, 0, 1, 2, 0, 0, 0, 3], value: f(0.7) }, { opset: 10 }),
    one('Pad', { pads: [0, 0, -1, 2, 0, 0, 1, -2] }, { opset: 10 }),
    one('Pad', {}, { extra: ['p', 'v'], weights: { p: ints([0, 1, 0, 0, 0, 0, 2, 0]), v: floats([], [-2]) } }),
    one('Pad', {}, { opset: 18, extra: ['p', '', 'a'], weights: { p: ints([1, 2, 3, 0]), a: ints([3, -2]) } }),
    ...['reflect', 'edge'].map(mode =>
      one('Pad', { mode }, { extra: ['p'], weights: { p: ints([0, 0, 2, 1, 0, 0, 1, 3]) } }),
    ),
    one('Pad', { mode: 'wrap' }, { opset: 19, extra: ['p'], weights: { p: ints([0, 0, 2, 1, 0, 0, 1, 3]) } }),
  ],
  resizing: [
    [
      'DepthToSpace in both orders',
      {
        nodes: [
          node('Conv', 'x, w -> a'),
          node('DepthToSpace', 'a -> b', { blocksize: 2, mode: 'CRD' }),
          node('DepthToSpace', 'a -> c', { blocksize: 2 }),
          node('Sub', 'b, c -> z'),
          node('Flatten', 'z -> y'),
        ],
        weights: { w: floats([8, 3, 1, 1]) },
      },
    ],
    one('Upsample', { scales: f([1, 1, 2, 3]) }, { opset: 7 }),
    one('Upsample', {}, { opset: 9, extra: ['s'], weights: { s: floats([4], [1, 1, 2, 1]) } }),
    one('Resize', {}, { opset: 10, extra: ['s'], weights: { s: floats([4], [1, 1, 2, 3]) } }),
    one('Resize', {}, { opset: 13, extra: ['', 's'], weights: { s: floats([4], [1, 1, 2, 4]) } }),
    one(
      'Resize',
      { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      {
        opset: 13,
        extra: ['', '', 's'],
        weights: { s: ints([1, 3, 18, 12]) },
      },
    ),
  ],
  others: [
    one('Dropout', {}, { opset: 7 }),
    one(
      'Dropout',
      {},
      {
        extra: ['r', 't'],
        weights: { r: floats([], [0.5]), t: { name: '', type: 'bool', dims: [], data: Uint8Array.of(0) } },
      },
    ),
    one('Identity'),
    one('Cast', { to: 1 }),
    [
      'weights that are quantised',
      {
        nodes: [
          node('DequantizeLinear', 'q, s, z -> w', { axis: 0 }),
          node('Conv', 'x, w -> c'),
          node('Flatten', 'c -> y'),
        ],
        weights: {
          q: { name: '', type: 'int8', dims: [2, 3, 1, 1], data: Int8Array.of(1, -5, 100, 7, 0, -128) },
          s: floats([2], [0.02, 0.1]),
          z: { name: '', type: 'int8', dims: [2], data: Int8Array.of(3, -1) },
        },
      },
    ],
  ],
}
