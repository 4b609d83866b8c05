import { expect, test } from '@jest/globals'
import { AdvxError } from '../../../src/errors.ts'
import type { OnnxNode } from '../../../src/formats/onnx/schema.ts'
import { importOnnx } from '../../../src/models/import/import-onnx.ts'
import { floats, ints, node, type Small, smallModel } from './small-model.ts'

const flat = (...nodes: readonly OnnxNode[]): readonly OnnxNode[] => [...nodes, node('Flatten', 'z -> y')]
const w = { w: floats([4, 3, 3, 3]) }

/** Models that ask for the impossible, and what they are told. */
const refused: readonly (readonly [name: string, small: Small, message: RegExp])[] = [
  [
    'an unknown operator',
    { nodes: flat({ ...node('Fancy', 'x -> z'), name: 'head' }) },
    /node 'head' \(Fancy\) from 'ai.onnx', opset 17, is not known. Known are: Abs, Acos/,
  ],
  ['a foreign domain', { nodes: flat({ ...node('Relu', 'x -> z'), domain: 'com.microsoft' }) }, /from 'com.microsoft'/],
  ['the name of a method', { nodes: flat(node('constructor', 'x -> z')) }, /is not known/],
  ['a value that nothing computes', { nodes: flat(node('Add', 'x, q -> z')) }, /Nothing computes 'q'/],
  ['too few inputs', { nodes: flat(node('Conv', 'x -> z')) }, /node 0 \('Conv'\) of opset 17.*input 2 is missing/],
  ['a missing attribute', { nodes: flat(node('MaxPool', 'x -> z')) }, /'kernel_shape' is missing/],
  [
    'an attribute of another type',
    { nodes: flat(node('Conv', 'x, w -> z', { group: 'one' })), weights: w },
    /type int for its attribute 'group'/,
  ],
  ['a kernel of 0', { nodes: flat(node('MaxPool', 'x -> z', { kernel_shape: [0, 2] })) }, /two numbers from 1 to/],
  ['a stride of 0', { nodes: flat(node('Conv', 'x, w -> z', { strides: [0, 1] })), weights: w }, /'strides'/],
  ['dilations of 0', { nodes: flat(node('Conv', 'x, w -> z', { dilations: [0, 1] })), weights: w }, /'dilations'/],
  ['groups of 0', { nodes: flat(node('Conv', 'x, w -> z', { group: 0 })), weights: w }, /'group'/],
  ['negative pads', { nodes: flat(node('Conv', 'x, w -> z', { pads: [-1, 0, 0, 0] })), weights: w }, /'pads'/],
  [
    'a kernel larger than the picture',
    { nodes: flat(node('MaxPool', 'x -> z', { kernel_shape: [9, 9] })) },
    /does not fit/,
  ],
  [
    'pads without a picture',
    { nodes: flat(node('AveragePool', 'x -> z', { kernel_shape: [2, 2], pads: [2, 0, 0, 0] })) },
    /without any picture/,
  ],
  [
    'pads that runtimes read in two ways',
    { nodes: flat(node('MaxPool', 'x -> z', { kernel_shape: [2, 2], dilations: [2, 2], auto_pad: 'SAME_UPPER' })) },
    /'auto_pad' is not clear/,
  ],
  [
    'weights of another rank',
    { nodes: flat(node('Conv', 'x, w -> z')), weights: { w: floats([4, 3, 3]) } },
    /Weights of \[4, 3, 3\] do not fit \[1, 3, 6, 6\]/,
  ],
  [
    'a convolution along three axes',
    {
      nodes: flat(node('Unsqueeze', 'x, a -> b'), node('Conv', 'b, w -> z')),
      weights: { a: ints([2]), w: floats([4, 3, 1, 3, 3]) },
    },
    /not over 3 axes/,
  ],
  [
    'pads of two axes along one',
    {
      nodes: flat(node('Reshape', 'x, s -> b'), node('Conv', 'b, w -> z', { pads: [1, 1, 1, 1] })),
      weights: { s: ints([0, 3, -1]), w: floats([4, 3, 3]) },
    },
    /two numbers from 0 to 1024 for its attribute 'pads'/,
  ],
  [
    'weights that are computed from the picture',
    {
      nodes: flat(
        node('ReduceMean', 'x -> m', { axes: [0, 2, 3] }),
        node('Mul', 'w, m -> v'),
        node('Conv', 'x, v -> z'),
      ),
      weights: { w: floats([4, 3, 1, 1]) },
      input: [1, 3, 6, 6],
    },
    /node 2 \('Conv'\).*weights \[4, 3, 1, 1\] are computed from the picture/,
  ],
  [
    'a ConvTranspose to a huge shape',
    {
      nodes: flat(node('ConvTranspose', 'x, w -> z', { output_shape: [2 ** 20, 2 ** 20] })),
      weights: { w: floats([3, 4, 3, 3]) },
    },
    /larger than what it computes, \[8,8\]/,
  ],
  [
    'a huge ConvTranspose',
    {
      nodes: flat(
        node('ConvTranspose', 'x, w -> a', { strides: [1024, 1024] }),
        node('ConvTranspose', 'a, w -> z', { strides: [1024, 1024] }),
      ),
      weights: { w: floats([3, 3, 3, 3]) },
    },
    /larger than any/,
  ],
  [
    'an output_shape of three lengths',
    {
      nodes: flat(node('ConvTranspose', 'x, w -> z', { output_shape: [1, 2, 3] })),
      weights: { w: floats([3, 4, 3, 3]) },
    },
    /2 lengths from 1 on for its attribute 'output_shape'/,
  ],
  [
    'channels that do not fit',
    { nodes: flat(node('Conv', 'x, w -> z')), weights: { w: floats([4, 2, 3, 3]) } },
    /Cannot convolve/,
  ],
  [
    'a Reshape to another size',
    { nodes: flat(node('Reshape', 'x, s -> z')), weights: { s: ints([0, 7]) } },
    /different numbers of elements/,
  ],
  [
    'a Reshape to negative lengths',
    { nodes: flat(node('Reshape', 'x, s -> z')), weights: { s: ints([-2, 5]) } },
    /no shape/,
  ],
  [
    'a Reshape with two -1',
    { nodes: flat(node('Reshape', 'x, s -> z')), weights: { s: ints([-1, -1]) } },
    /more than one -1/,
  ],
  [
    'a Transpose of other axes',
    { nodes: flat(node('Transpose', 'x -> z', { perm: [0, 0, 1, 2] })) },
    /Cannot transpose/,
  ],
  ['axes that are not there', { nodes: flat(node('ReduceMean', 'x -> z', { axes: [4] })) }, /an axis of 4/],
  [
    'pictures that are mixed',
    { nodes: flat(node('ReduceMean', 'x -> z', { axes: [0] })), input: [2, 3, 6, 6] },
    /reduces the batch of \[N, 3, 6, 6\]/,
  ],
  [
    'a huge Pad',
    { nodes: flat(node('Pad', 'x, p -> z')), weights: { p: ints([0, 0, 2 ** 40, 0, 0, 0, 0, 0]) } },
    /larger than any/,
  ],
  [
    'a huge Expand',
    { nodes: flat(node('Expand', 'x, s -> z')), weights: { s: ints([2 ** 30, 1, 1, 1, 1]) } },
    /larger than any/,
  ],
  [
    'a huge Tile',
    { nodes: flat(node('Tile', 'x, r -> z')), weights: { r: ints([1, 4096, 4096, 1]) } },
    /larger than any/,
  ],
  [
    'a huge ConstantOfShape',
    {
      nodes: flat(node('ConstantOfShape', 's -> c'), node('ReduceMax', 'c -> m'), node('Add', 'x, m -> z')),
      weights: { s: ints([2 ** 31, 2 ** 21]) },
    },
    /larger than any/,
  ],
  [
    'a huge Range',
    {
      nodes: flat(node('Range', 'a, b, c -> r'), node('Gather', 'x, r -> z')),
      weights: { a: ints([0], []), b: ints([2 ** 50], []), c: ints([1], []) },
    },
    /too many numbers/,
  ],
  [
    'an endless Range',
    {
      nodes: flat(node('Range', 'a, b, c -> r'), node('Gather', 'x, r -> z')),
      weights: { a: ints([0], []), b: ints([9], []), c: ints([0], []) },
    },
    /never ends/,
  ],
  [
    'constants that double',
    {
      nodes: [
        ...Array.from({ length: 40 }, (_, i) => node('Concat', `c${i}, c${i} -> c${i + 1}`, { axis: 0 })),
        ...flat(node('ReduceMax', 'c40 -> m'), node('Add', 'x, m -> z')),
      ],
      weights: { c0: floats([64]) },
    },
    /more constants than its weights|larger than any/,
  ],
  [
    'numbers that double',
    {
      nodes: [
        ...Array.from({ length: 40 }, (_, i) => node('Concat', `c${i}, c${i} -> c${i + 1}`, { axis: 0 })),
        ...flat(node('ReduceMax', 'c40 -> m', { keepdims: 0 }), node('Gather', 'x, m -> z', { axis: 1 })),
      ],
      weights: { c0: ints([0, 1]) },
    },
    /too many numbers/,
  ],
  [
    'a convolution of constants without end',
    {
      nodes: flat(
        node('Expand', 'a, s -> b'),
        node('Conv', 'b, w -> c'),
        node('ReduceMax', 'c -> m'),
        node('Add', 'x, m -> z'),
      ),
      weights: { a: floats([1, 1, 1, 1]), s: ints([1, 64, 256, 256]), w: floats([64, 64, 3, 3]) },
    },
    /too much from constants/,
  ],
  [
    'an output that is constant',
    { nodes: [node('Neg', 'w -> y')], weights: { w: floats([1, 5]) } },
    /does not depend on the picture/,
  ],
  [
    'a product of every picture with every other',
    {
      nodes: flat(node('Flatten', 'x -> a'), node('Transpose', 'a -> t'), node('MatMul', 'a, t -> z')),
      input: [2, 3, 6, 6],
    },
    /every picture by every other/,
  ],
  [
    'a sum of products over the pictures',
    { nodes: flat(node('Einsum', 'x, x -> z', { equation: 'nchw,nchv->cwv' })), input: [2, 3, 6, 6] },
    /sums over the batch/,
  ],
  ['a diagonal', { nodes: flat(node('Einsum', 'x -> z', { equation: 'nchh->nch' })) }, /'nchh' .* takes a diagonal/],
  [
    'an equation that names too few axes',
    { nodes: flat(node('Einsum', 'x -> z', { equation: 'nch->nc' })) },
    /'nch' .* does not name the axes of/,
  ],
  [
    'an equation of other signs',
    { nodes: flat(node('Einsum', 'x -> z', { equation: 'nc1w->nc' })) },
    /none of letters/,
  ],
  [
    'an equation that asks for more',
    { nodes: flat(node('Einsum', 'x -> z', { equation: 'nchw->nq' })) },
    /no factor has/,
  ],
  [
    'more factors than there are',
    { nodes: flat(node('Einsum', 'x -> z', { equation: 'nchw,w->nc' })) },
    /names 2 factors of 1/,
  ],
  [
    'a cropping Resize',
    {
      nodes: flat(node('Resize', 'x, r, s -> z', { coordinate_transformation_mode: 'tf_crop_and_resize' })),
      weights: { r: floats([8]), s: floats([4], [1, 1, 2, 2]) },
    },
    /'tf_crop_and_resize' are not known. Known are: half_pixel/,
  ],
  [
    'a Resize of the batch',
    { nodes: flat(node('Resize', 'x, , s -> z')), weights: { s: floats([4], [2, 1, 1, 1]) }, input: [2, 3, 6, 6] },
    /resizes the batch/,
  ],
  [
    'a Resize to nothing',
    { nodes: flat(node('Resize', 'x, , s -> z')), weights: { s: floats([4], [1, 1, 0.1, 1]) } },
    /lengths from 1 to 65536 for axis 2/,
  ],
  [
    'factors that are too few',
    { nodes: flat(node('Resize', 'x, , s -> z')), weights: { s: floats([2], [2, 2]) } },
    /4 numbers for its factors but got 2/,
  ],
  [
    'a Gather of one element without end',
    { nodes: flat(node('Gather', 'x, i -> z', { axis: 3 })), weights: { i: ints(new Array(70).fill(2)) } },
    /picks an element 70 times/,
  ],
  [
    'more values than there are',
    { nodes: flat(node('TopK', 'x, k -> z, i')), weights: { k: ints([7]) } },
    /a number from 1 to 6/,
  ],
  [
    'training',
    {
      nodes: flat(node('BatchNormalization', 'x, s, s, s, s -> z', { training_mode: 1 })),
      weights: { s: floats([3]) },
    },
    /evaluation mode/,
  ],
  [
    'places of maxima',
    { nodes: flat(node('MaxPool', 'x -> z, at', { kernel_shape: [2, 2] })) },
    /places of the maxima/,
  ],
  [
    'a Constant of text',
    { nodes: flat(node('Constant', '-> t', { value_string: 'a' }), node('Add', 'x, t -> z')) },
    /node 0 \('Constant'\).*Texts are no numbers/,
  ],
  ['a Constant of nothing', { nodes: flat(node('Constant', '-> t'), node('Add', 'x, t -> z')) }, /It has no value/],
  [
    'a huge sparse Constant',
    {
      nodes: flat(
        node('Constant', '-> t', {
          sparse_value: { dims: [2 ** 20, 2 ** 12], values: floats([1]), places: Float64Array.of(0) },
        }),
        node('ReduceMax', 't -> m'),
        node('Add', 'x, m -> z'),
      ),
    },
    /larger than any/,
  ],
  [
    'the mask of a Dropout',
    { nodes: flat(node('Dropout', 'x -> d, mask'), node('Where', 'mask, d, x -> z')) },
    /node 1 \('Where'\).*Nothing computes 'mask': advx does not know this output of node 0 \('Dropout'\)/,
  ],
  [
    'an activation of its own',
    { nodes: flat(node('com.microsoft.FusedConv', 'x, w -> z', { activation: 'toString' })), weights: w },
    /activation 'toString' that it ends with is not known/,
  ],
  [
    'attention with a mask',
    {
      nodes: flat(
        node('Reshape', 'x, s -> t'),
        node('com.microsoft.MultiHeadAttention', 't, t, t, , m -> z', { num_heads: 2 }),
      ),
      weights: { s: ints([0, 6, 18]), m: ints([1]) },
    },
    /an input 5 \(masks/,
  ],
  [
    'attention of words in their order',
    { opset: 23, nodes: flat(node('Attention', 'x, x, x -> z', { is_causal: 1 })) },
    /'is_causal' is not known/,
  ],
  [
    'attention with fewer heads for keys',
    {
      opset: 23,
      nodes: flat(node('Slice', 'x, zero, one, one -> k'), node('Attention', 'x, k, k -> z')),
      weights: { zero: ints([0]), one: ints([1]) },
    },
    /have not as many heads/,
  ],
  [
    'attention of heads that do not fit',
    {
      nodes: flat(
        node('Reshape', 'x, s -> t'),
        node('com.microsoft.MultiHeadAttention', 't, t, t -> z', { num_heads: 5 }),
      ),
      weights: { s: ints([0, 6, 18]) },
    },
    /is not \[N, length, 5 heads/,
  ],
  [
    'attention of sizes that do not fit',
    {
      nodes: flat(
        node('Reshape', 'x, s -> t'),
        node('com.microsoft.Attention', 't, w -> z', { num_heads: 2, qkv_hidden_sizes: [4, 4] }),
      ),
      weights: { s: ints([0, 6, 18]), w: floats([18, 12]) },
    },
    /is not made of queries, keys and values of \[4,4\]/,
  ],
  [
    'texts',
    { nodes: flat(node('Add', 'x, t -> z')), weights: { t: { name: '', type: 'string', dims: [1], data: ['a'] } } },
    /no numbers/,
  ],
]

test.each(refused.map(([name, small, message]) => ({ name, small, message })))(
  '$name is refused',
  ({ small, message }) => {
    expect(() => importOnnx(smallModel(small))).toThrow(message)
    expect(() => importOnnx(smallModel(small))).toThrow(AdvxError)
  },
)
