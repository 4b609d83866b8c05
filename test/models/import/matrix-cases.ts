import { type Case, f } from './case.ts'
import { floats, node } from './small-model.ts'

/** x, [N, 3, 6, 6], times something; flattened to scores. */
const product = (name: string, nodes: readonly ReturnType<typeof node>[], dims: readonly number[] = [6, 6]): Case => [
  `MatMul ${name}`,
  { nodes: [...nodes, node('Flatten', 'z -> y')], weights: { w: floats(dims) } },
]

/** x and a weight w; t is x as [N, 6, 3, 6]. */
const sum = (equation: string, inputs: string, dims: readonly number[] = [6, 6]): Case => [
  `Einsum ${equation} of ${inputs}`,
  {
    nodes: [
      node('Transpose', 'x -> t', { perm: [0, 2, 1, 3] }),
      node('Einsum', `${inputs} -> z`, { equation }),
      node('Flatten', 'z -> f'),
      node('Neg', 'f -> y'),
    ],
    weights: { w: floats(dims) },
  },
]

export const MATRICES: readonly Case[] = [
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
  product('of heads', [node('Transpose', 'x -> t', { perm: [0, 1, 3, 2] }), node('MatMul', 'x, t -> z')]),
  product('from the left', [node('MatMul', 'w, x -> z')], [4, 6]),
  product('of a vector from the left', [node('MatMul', 'w, x -> z')], [6]),
  product('by a stack', [node('MatMul', 'x, w -> z')], [3, 6, 2]),
  product('that is broadcast', [node('ReduceMean', 'x -> m', { axes: [1] }), node('MatMul', 'm, x -> z')]),
  product('of rows of one picture', [
    node('ReduceMean', 'x -> m', { axes: [1, 2], keepdims: 0 }),
    node('MatMul', 'm, w -> z'),
  ]),
  [
    'attention of three heads',
    {
      nodes: [
        node('MatMul', 'x, wq -> q'),
        node('MatMul', 'x, wk -> k'),
        node('Transpose', 'k -> kt', { perm: [0, 1, 3, 2] }),
        node('MatMul', 'q, kt -> s'),
        node('Softmax', 's -> p', { axis: -1 }),
        node('MatMul', 'p, x -> z'),
        node('Flatten', 'z -> y'),
      ],
      weights: { wq: floats([6, 4]), wk: floats([3, 6, 4]) },
    },
  ],
  sum('nchw,wk->nchk', 'x, w'),
  sum('n c h w, h k -> n c k w', 'x, w', [6, 5]),
  sum('bhid,bhjd->bhij', 'x, x'),
  sum('bhij,bhjd->bihd', 'x, x'),
  sum('nchw,nhcw->nw', 'x, t'),
  sum('nchw,nhcv->nwv', 'x, t'),
  sum('nchw->nwc', 'x'),
  sum('nchw,c->nchw', 'x, w', [3]),
  sum('...hw,wk->...hk', 'x, w', [6, 2]),
  sum('...w,w', 'x, w', [6]),
  sum('nchw,nchv,wv->nhc', 'x, x, w'),
  sum('nchw,ck->nkhw', 'x, w', [1, 4]),
]
