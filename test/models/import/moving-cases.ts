import { type Case, f, one } from './case.ts'
import { GATHERING } from './gathering-cases.ts'
import { RESIZING } from './resizing-cases.ts'
import { floats, ints, node } from './small-model.ts'

/** Operators that move, fold or only pass elements on, in their variants, by family. */
export const MOVING: Readonly<Record<string, readonly Case[]>> = {
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
      'ReduceProd',
    ].flatMap(t => [
      one(t, { axes: [2, -1], keepdims: 0 }, { opset: 11 }),
      one(t, { keepdims: 1 }, { opset: 18, extra: ['a'], weights: { a: ints([1, 3]) } }),
    ]),
    one('ReduceSum', { keepdims: 0 }, { opset: 13, extra: ['a'], weights: { a: ints([-2]) } }),
    one('ReduceSum', { noop_with_empty_axes: 1 }, { opset: 13 }),
    ...['ReduceMean', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'ReduceLogSumExp', 'ReduceProd', 'ReduceMax'].map(t =>
      one(t, { noop_with_empty_axes: 1 }, { opset: 18 }),
    ),
    one('ReduceL2', { axes: [1], keepdims: 0 }, { opset: 7 }),
    [
      'ReduceLogSum',
      {
        nodes: [
          node('Abs', 'x -> a'),
          node('ReduceLogSum', 'a -> z', { axes: [-1, 1], keepdims: 0 }),
          node('Flatten', 'z -> y'),
        ],
      },
    ],
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
  ],
  gathering: GATHERING,
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
  resizing: RESIZING,
  triangles: [
    ...[{}, { exclusive: 1 }, { reverse: 1 }, { exclusive: 1, reverse: 1 }].flatMap(attributes =>
      [1, -1].map(axis =>
        one('CumSum', attributes, { extra: ['a'], weights: { a: ints([axis], []) } }, ` along ${axis}`),
      ),
    ),
    one('Trilu'),
    one('Trilu', { upper: 0 }, { extra: ['k'], weights: { k: ints([-2], []) } }),
    [
      'Trilu of whole numbers, and EyeLike',
      {
        nodes: [
          node('Trilu', 'i, k -> t'),
          node('Reshape', 't, all -> u'),
          node('Gather', 'x, u -> g', { axis: 3 }),
          node('EyeLike', 'e -> m', { k: 1, dtype: 1 }),
          node('MatMul', 'x, m -> p'),
          node('Concat', 'g, p -> z', { axis: 3 }),
          node('Flatten', 'z -> y'),
        ],
        weights: {
          i: ints([5, 4, 3, 2, 1, 1], [2, 3]),
          k: ints([1], []),
          all: ints([-1]),
          e: ints(new Array(36).fill(0), [6, 6]),
        },
      },
    ],
    ...[-1, 1].map(
      (axis): Case => [
        `OneHot along ${axis}`,
        {
          nodes: [
            node('OneHot', 'i, d, v -> h', { axis }),
            node('ArgMax', 'x -> a', { axis: 3, keepdims: 0 }),
            node('OneHot', 'a, d, v -> b', { axis }),
            node('ReduceSum', 'h -> s', { keepdims: 0 }),
            node('Mul', 'b, s -> z'),
            node('Flatten', 'z -> y'),
          ],
          weights: { i: ints([2, -1, 0, 7]), d: ints([6]), v: floats([2], [0.25, 2]) },
        },
      ],
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
