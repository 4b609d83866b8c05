import type { OnnxTensor } from '../../../src/formats/onnx/schema.ts'
import { type Case, f, one } from './case.ts'
import { floats, ints, node, type Small } from './small-model.ts'

/** x plus what a Constant holds, as float32. */
const plus = (name: string, attributes: Parameters<typeof node>[2]): Case => [
  `Constant ${name}`,
  {
    nodes: [
      node('Constant', '-> c', attributes),
      node('Cast', 'c -> d', { to: 1 }),
      node('Add', 'x, d -> z'),
      node('Flatten', 'z -> y'),
    ],
  },
]

const sparse = (dims: readonly number[], places: readonly number[]) => ({
  sparse_value: {
    dims,
    values: floats(
      [places.length],
      places.map(place => place / 7 - 1),
    ),
    places: Float64Array.from(places),
  },
})

/** The elements of x along its last axis at the indices i. */
const picked = (name: string, nodes: Small['nodes'], weights: Small['weights'] = {}): Case => [
  name,
  { nodes: [...nodes, node('Gather', 'x, i -> z', { axis: 3 }), node('Flatten', 'z -> y')], weights },
]

const bools = (...values: number[]): OnnxTensor => ({
  name: '',
  dims: [values.length],
  type: 'bool',
  data: Uint8Array.from(values),
})

/** Constants, and the arithmetic of shapes and indices that exporters write. */
export const SOURCES: Readonly<Record<string, readonly Case[]>> = {
  constants: [
    plus('value', { value: floats([3, 1, 6]) }),
    plus('value of float64', {
      value: { name: '', dims: [6], type: 'float64', data: Float64Array.of(1, 2, 3, 4, 5, 6) },
    }),
    plus('value of int8', {
      value: { name: '', dims: [1, 1, 6], type: 'int8', data: Int8Array.of(1, 2, 3, 4, 5, -6) },
    }),
    plus('value_float', { value_float: f(0.7) }),
    plus('value_floats', { value_floats: f([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]) }),
    plus('value_int', { value_int: -4 }),
    plus('value_ints', { value_ints: [1, 2, 3, 4, 5, 6] }),
    plus('sparse_value', sparse([3, 6, 6], [1, 40, 107])),
    plus('sparse_value along one axis', sparse([6], [0, 5])),
    ...[
      { name: 'ConstantOfShape', attributes: {} },
      { name: 'ConstantOfShape of 2', attributes: { value: floats([1], [2]) } },
    ].map(
      ({ name, attributes }): Case => [
        name,
        {
          nodes: [
            node('Shape', 'x -> s'),
            node('ConstantOfShape', 't -> c', attributes),
            node('Add', 'x, c -> z'),
            node('Flatten', 'z -> y'),
          ],
          weights: { t: ints([1, 3, 6, 6]) },
        },
      ],
    ),
    ...[7, 10, 12, 13].map(opset => one('Dropout', opset < 12 ? { ratio: f(0.3) } : {}, { opset })),
  ],
  indices: [
    picked('Range of Shape, Gather and Cast', [
      node('Shape', 'x -> s'),
      node('Constant', '-> three', { value_int: 3 }),
      node('Gather', 's, three -> w'),
      node('Constant', '-> zero', { value_int: 0 }),
      node('Constant', '-> two', { value_int: 2 }),
      node('Range', 'zero, w, two -> r'),
      node('Cast', 'r -> i', { to: 6 }),
    ]),
    picked('Shape with start and end', [
      node('Shape', 'x -> s', { start: -1, end: 9 }),
      node('Shape', 'x -> t', { start: 1, end: -2 }),
      node('Sub', 's, t -> i'),
    ]),
    picked(
      'NonZero of what Equal and Not say',
      [node('Equal', 'a, b -> e'), node('Not', 'e -> n'), node('NonZero', 'n -> m'), node('Squeeze', 'm, first -> i')],
      { a: ints([1, 2, 3, 4, 5, 6]), b: ints([1, 2, 9, 4, 9, 9]), first: ints([0]) },
    ),
    picked('NonZero in two axes', [node('NonZero', 'm -> n'), node('Reshape', 'n, all -> i')], {
      m: ints([0, 3, 0, 1, 0, 0], [2, 3]),
      all: ints([-1]),
    }),
    picked(
      'Where, Expand, Concat and Unsqueeze',
      [
        node('Unsqueeze', 'five, first -> u'),
        node('Expand', 'u, three -> e'),
        node('Where', 'c, e, a -> w'),
        node('Concat', 'w, u -> i', { axis: 0 }),
      ],
      { five: ints([5], []), first: ints([0]), three: ints([3]), c: bools(1, 0, 1), a: ints([0, 1, 2]) },
    ),
  ],
  'channels last': [
    [
      'as tf2onnx writes it',
      {
        input: ['N', 6, 5, 3],
        nodes: [
          node('Transpose', 'x -> a', { perm: [0, 3, 1, 2] }),
          node('Conv', 'a, w, b -> c', { auto_pad: 'SAME_UPPER', strides: [2, 2] }),
          node('Transpose', 'c -> d', { perm: [0, 2, 3, 1] }),
          node('Mul', 'd, s -> e'),
          node('Clip', 'e, zero, six -> f'),
          node('Shape', 'f -> g'),
          node('Cast', 'g -> h', { to: 6 }),
          node('Slice', 'h, i0, i1 -> n'),
          node('Concat', 'n, rest -> j', { axis: 0 }),
          node('Cast', 'j -> k', { to: 7 }),
          node('Reshape', 'f, k -> l'),
          node('MatMul', 'l, m -> o'),
          node('Add', 'o, p -> y'),
        ],
        weights: {
          w: floats([4, 3, 3, 3]),
          b: floats([4]),
          s: floats([4]),
          zero: floats([], [0]),
          six: floats([], [0.5]),
          i0: ints([0]),
          i1: ints([1]),
          rest: { name: '', dims: [1], type: 'int32', data: Int32Array.of(36) },
          m: floats([36, 5]),
          p: floats([5]),
        },
      },
    ],
  ],
}
