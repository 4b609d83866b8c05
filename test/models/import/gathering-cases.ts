import type { Case } from './case.ts'
import { ints, node, type Small } from './small-model.ts'

/** Nodes from x to z, flattened to scores. */
const picking = (name: string, nodes: Small['nodes'], rest: Omit<Small, 'nodes'> = {}): Case => [
  name,
  { ...rest, nodes: [...nodes, node('Flatten', 'z -> f'), node('Neg', 'f -> y')] },
]
const one = { input: [1, 3, 6, 6] } as const

/** Operators that pick elements by their places or by their order. */
export const GATHERING: readonly Case[] = [
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
  picking('Gather with batch of one', [node('Gather', 'x, i -> z', { axis: -1 })], {
    weights: { i: ints([5, 1, 1, 0]) },
  }),
  picking('GatherElements', [node('GatherElements', 'x, i -> z', { axis: 3 })], {
    ...one,
    weights: { i: ints([0, -1, 3, 2, 2, 5], [1, 2, 3, 1]) },
  }),
  picking('GatherElements along the first axis', [node('GatherElements', 'x, i -> z')], {
    ...one,
    weights: { i: ints([0, 0, 0, -1], [1, 2, 2, 1]) },
  }),
  picking('GatherND', [node('GatherND', 'x, i -> z')], {
    ...one,
    opset: 11,
    weights: { i: ints([0, 2, 0, 1, 0, -1, 0, 2], [2, 2, 2]) },
  }),
  picking('GatherND behind shared axes', [node('GatherND', 'x, i -> z', { batch_dims: 2 })], {
    ...one,
    weights: { i: ints([5, 3, 0, 2, 1, -2], [1, 3, 2]) },
  }),
  picking('TopK', [node('TopK', 'x, k -> z, i')], { weights: { k: ints([2]) } }),
  picking('TopK of opset 7', [node('TopK', 'x -> z, i', { k: 3, axis: 2 })], { opset: 7 }),
  picking('TopK, the smallest channels', [node('TopK', 'x, k -> z, i', { axis: 1, largest: 0 })], {
    weights: { k: ints([2]) },
  }),
  picking(
    'TopK of equal values, by their places',
    [
      node('Sign', 'x -> s'),
      node('TopK', 's, k -> v, i', { axis: 2 }),
      node('GatherElements', 'x, i -> z', { axis: 2 }),
    ],
    { weights: { k: ints([4]) } },
  ),
  ...['ArgMax', 'ArgMin'].flatMap(type =>
    [{}, { axis: 1 }, { axis: -1, select_last_index: 1 }, { axis: 2, keepdims: 0 }].map(attributes =>
      picking(
        `${type} ${JSON.stringify(attributes)}`,
        [node('Ceil', 'x -> s'), node(type, 's -> i', attributes), node('Cast', 'i -> z', { to: 1 })],
        { ...(Object.hasOwn(attributes, 'axis') ? {} : one), opset: 13 },
      ),
    ),
  ),
]
