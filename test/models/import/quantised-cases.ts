import type { OnnxTensor } from '../../../src/formats/onnx/schema.ts'
import { type Case, f } from './case.ts'
import { floats, node, noise, type Small } from './small-model.ts'

const size = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1)

/** Whole numbers of a small type, within ±`reach` of 0 (or of 128 where there is no sign). */
function small(type: 'int8' | 'uint8', dims: readonly number[], reach = 60): OnnxTensor {
  const middle = type === 'int8' ? 0 : 128
  const values = noise(size(dims), dims.length + 20).map(v => Math.round(middle + reach * v))
  return type === 'int8'
    ? { name: '', dims, type, data: Int8Array.from(values) }
    : { name: '', dims, type, data: Uint8Array.from(values) }
}
const i8 = (...values: number[]): OnnxTensor => zero('int8', Int8Array.from(values))
const u8 = (...values: number[]): OnnxTensor => zero('uint8', Uint8Array.from(values))
const zero = (type: 'int8' | 'uint8', data: Int8Array | Uint8Array): OnnxTensor =>
  ({ name: '', dims: data.length === 1 ? [] : [data.length], type, data }) as OnnxTensor
const i32 = (...values: number[]): OnnxTensor => ({
  name: '',
  dims: [values.length],
  type: 'int32',
  data: Int32Array.from(values),
})
const scale = (...values: number[]): OnnxTensor => floats(values.length === 1 ? [] : [values.length], values)

/** x quantised as q, and z taken back as y; between them `nodes`. Neg keeps a Sigmoid from being the end. */
const through = (name: string, nodes: Small['nodes'], more: Partial<Small> = {}): Case => [
  name,
  {
    ...more,
    nodes: [
      node('QuantizeLinear', 'x, xs, xz -> q'),
      ...nodes,
      node('DequantizeLinear', 'z, ys, yz -> r'),
      node('Flatten', 'r -> flat'),
      node('Neg', 'flat -> y'),
    ],
    weights: { xs: scale(0.011), xz: u8(121), ys: scale(0.021), yz: u8(117), ...more.weights },
  },
]
const signed = { xz: i8(-7), yz: i8(11) }
const kernels = { w: small('int8', [4, 3, 3, 3]), ws: scale(0.013), wz: i8(0) }
const weighted = (weights: Small['weights'], more: Partial<Small> = {}): Partial<Small> => ({
  ...more,
  weights: { ...kernels, ...weights },
})

const fakeQuantised = (axis: Record<string, number>, weights: Small['weights'], opset = 17): Case => [
  `QuantizeLinear and DequantizeLinear of opset ${opset} ${JSON.stringify(axis)} ${Object.values(weights!).map(w => w.type)}`,
  {
    opset,
    nodes: [
      node('QuantizeLinear', 'x, s, z -> q', axis),
      node('DequantizeLinear', 'q, s, z -> r', axis),
      node('Flatten', 'r -> y'),
    ],
    weights: weights!,
  },
]

/** Operators on quantised numbers, in their variants, by family. */
export const QUANTISED: Readonly<Record<string, readonly Case[]>> = {
  'quantised there and back': [
    fakeQuantised({}, { s: scale(0.007), z: u8(131) }, 10),
    fakeQuantised({}, { s: scale(0.004), z: i8(3) }, 13),
    fakeQuantised({ axis: 1 }, { s: scale(0.007, 0.02, 0.001), z: u8(131, 0, 255) }, 13),
    fakeQuantised({ axis: -1 }, { s: scale(0.1, 0.2, 0.3, 0.01, 0.02, 0.03), z: i8(0, 0, 0, 0, 0, 0) }, 19),
    fakeQuantised({ axis: 3 }, { s: scale(0.1, 0.2, 0.3, 0.01, 0.02, 0.03), z: i8(0, 1, 2, -3, -128, 127) }, 21),
    fakeQuantised({}, { s: scale(3e-5), z: { name: '', dims: [], type: 'uint16', data: Uint16Array.of(32001) } }, 21),
    [
      'QuantizeLinear without a zero point, and with output_dtype',
      {
        opset: 21,
        nodes: [
          node('QuantizeLinear', 'x, s -> a'),
          node('DequantizeLinear', 'a, s -> b'),
          node('QuantizeLinear', 'b, s -> c', { output_dtype: 3 }),
          node('DequantizeLinear', 'c, s -> r'),
          node('Flatten', 'r -> y'),
        ],
        weights: { s: scale(0.003) },
      },
    ],
    [
      'halves',
      {
        nodes: [
          node('Mul', 'x, zero -> n'),
          node('Add', 'n, halves -> h'),
          node('QuantizeLinear', 'h, s, z -> q'),
          node('DequantizeLinear', 'q, s, z -> r'),
          node('Flatten', 'r -> y'),
        ],
        weights: {
          zero: floats([], [0]),
          halves: floats([6], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]),
          s: scale(1),
          z: u8(9),
        },
      },
    ],
    [
      'weights, by channel, and a bias of 32 bits',
      {
        nodes: [
          node('DequantizeLinear', 'w, ws, wz -> k', { axis: 0 }),
          node('DequantizeLinear', 'b, bs -> c'),
          node('Conv', 'x, k, c -> z'),
          node('Flatten', 'z -> y'),
        ],
        weights: {
          w: small('int8', [3, 3, 2, 2]),
          ws: scale(0.01, 0.02, 0.03),
          wz: i8(1, 0, -1),
          b: i32(70000, -1, 3),
          bs: scale(1e-5),
        },
      },
    ],
    [
      'a network with both at every activation',
      {
        nodes: [
          node('QuantizeLinear', 'x, xs, xz -> a'),
          node('DequantizeLinear', 'a, xs, xz -> b'),
          node('DequantizeLinear', 'w, ws, wz -> k'),
          node('Conv', 'b, k -> c'),
          node('Relu', 'c -> d'),
          node('QuantizeLinear', 'd, ys, yz -> e'),
          node('MaxPool', 'e -> f', { kernel_shape: [2, 2] }),
          node('DequantizeLinear', 'f, ys, yz -> g'),
          node('Flatten', 'g -> y'),
        ],
        weights: { ...kernels, xs: scale(0.011), xz: u8(121), ys: scale(0.021), yz: u8(0) },
      },
    ],
  ],
  'on whole numbers': [
    through('QLinearConv', [node('QLinearConv', 'q, xs, xz, w, ws, wz, ys, yz -> z')], weighted({})),
    through(
      'QLinearConv of signed numbers',
      [node('QLinearConv', 'q, xs, xz, w, ws, wz, ys, yz -> z')],
      weighted(signed),
    ),
    through(
      'QLinearConv by channel, with a bias, strides, pads and groups',
      [
        node('QLinearConv', 'q, xs, xz, w, ws, wz, ys, yz, b -> z', {
          strides: [2, 1],
          pads: [1, 0, 2, 1],
          group: 3,
        }),
      ],
      {
        weights: {
          w: small('int8', [6, 1, 3, 3]),
          ws: scale(0.01, 0.02, 0.03, 0.04, 0.05, 0.06),
          wz: i8(0, 0, 0, 0, 0, 0),
          b: i32(50, -50, 700, 0, 1, 2),
        },
      },
    ),
    through(
      'QLinearConv over one axis',
      [node('Reshape', 'q, lines -> l'), node('QLinearConv', 'l, xs, xz, w, ws, wz, ys, yz -> z')],
      {
        weights: {
          lines: { name: '', dims: [3], type: 'int64', data: BigInt64Array.of(0n, 3n, -1n) },
          w: small('int8', [2, 3, 4]),
          ws: scale(0.01, 0.02),
          wz: i8(0, 0),
        },
      },
    ),
    through('QLinearMatMul', [node('QLinearMatMul', 'q, xs, xz, w, ws, wz, ys, yz -> z')], {
      weights: { w: small('uint8', [6, 4]), ws: scale(0.013), wz: u8(125) },
    }),
    through(
      'QLinearMatMul of signed numbers, by column',
      [node('QLinearMatMul', 'q, xs, xz, w, ws, wz, ys, yz -> z')],
      {
        weights: { ...signed, w: small('int8', [6, 2]), ws: scale(0.013, 0.03), wz: i8(0, 0) },
      },
    ),
    [
      'ConvInteger',
      {
        nodes: [
          node('QuantizeLinear', 'x, xs, xz -> q'),
          node('ConvInteger', 'q, w, xz, wz -> i', { pads: [1, 1, 0, 0] }),
          node('Cast', 'i -> z', { to: 1 }),
          node('Flatten', 'z -> y'),
        ],
        weights: { xs: scale(0.011), xz: u8(121), w: small('uint8', [4, 3, 3, 3]), wz: u8(130) },
      },
    ],
    [
      'MatMulInteger',
      {
        nodes: [
          node('QuantizeLinear', 'x, xs, xz -> q'),
          node('MatMulInteger', 'q, w, xz, wz -> i'),
          node('Cast', 'i -> z', { to: 1 }),
          node('Flatten', 'z -> y'),
        ],
        weights: { xs: scale(0.011), xz: u8(121), w: small('int8', [6, 2]), wz: i8(3, -4) },
      },
    ],
    [
      'DynamicQuantizeLinear before a convolution',
      {
        nodes: [
          node('DynamicQuantizeLinear', 'x -> q, xs, xz'),
          node('ConvInteger', 'q, w, xz, wz -> i'),
          node('Cast', 'i -> r', { to: 1 }),
          node('Mul', 'xs, ws -> s'),
          node('Mul', 'r, s -> z'),
          node('Flatten', 'z -> y'),
        ],
        weights: { w: small('uint8', [4, 3, 3, 3]), wz: u8(130), ws: scale(0.02) },
      },
    ],
    [
      'DynamicQuantizeLinear before a product',
      {
        nodes: [
          node('Flatten', 'x -> a'),
          node('DynamicQuantizeLinear', 'a -> q, xs, xz'),
          node('MatMulInteger', 'q, w, xz -> i'),
          node('Cast', 'i -> r', { to: 1 }),
          node('Mul', 'xs, ws -> s'),
          node('Mul', 'r, s -> y'),
        ],
        weights: { w: small('int8', [108, 4]), ws: scale(0.02) },
      },
    ],
  ],
  "of ONNX Runtime's quantiser": [
    ...['QLinearAdd', 'QLinearMul'].flatMap(type =>
      [{}, signed].map(weights =>
        through(
          `${type} ${'xz' in weights ? 'of signed numbers' : ''}`,
          [
            node('QuantizeLinear', 'x, as, xz -> p'),
            node(`com.microsoft.${type}`, 'q, xs, xz, p, as, xz, ys, yz -> z'),
          ],
          { weights: { as: scale(0.008), ...weights } },
        ),
      ),
    ),
    through('QLinearAdd of a constant', [node('com.microsoft.QLinearAdd', 'q, xs, xz, w, ws, wz, ys, yz -> z')], {
      weights: { w: small('uint8', [6]), ws: scale(0.01), wz: u8(128) },
    }),
    through('QLinearSigmoid', [node('com.microsoft.QLinearSigmoid', 'q, xs, xz, ys, yz -> z')], {
      weights: { ys: scale(1 / 256), yz: u8(0) },
    }),
    through('QLinearLeakyRelu', [node('com.microsoft.QLinearLeakyRelu', 'q, xs, xz, ys, yz -> z', { alpha: f(0.2) })]),
    through('QLinearAveragePool', [
      node('com.microsoft.QLinearAveragePool', 'q, xs, xz, ys, yz -> z', {
        kernel_shape: [3, 2],
        strides: [2, 2],
        pads: [1, 0, 1, 0],
      }),
    ]),
    through(
      'QLinearGlobalAveragePool',
      [node('com.microsoft.QLinearGlobalAveragePool', 'q, xs, xz, ys, yz -> z', { channels_last: 0 })],
      { weights: { ys: scale(0.0021) } },
    ),
    through(
      'QLinearSoftmax',
      [node('com.microsoft.QLinearSoftmax', 'q, xs, xz, ys, yz -> z', { axis: -1, opset: 13 })],
      {
        weights: { ys: scale(1 / 256), yz: u8(0) },
      },
    ),
    through('QLinearConcat', [node('com.microsoft.QLinearConcat', 'ys, yz, q, xs, xz, q, as, xz -> z', { axis: 1 })], {
      weights: { as: scale(0.03) },
    }),
    through(
      'QGemm',
      [
        node('Flatten', 'q -> p'),
        node('com.microsoft.QGemm', 'p, xs, xz, w, ws, wz, c, ys, yz -> z', { transB: 1, alpha: f(0.5) }),
      ],
      { weights: { ...signed, w: small('int8', [4, 108]), ws: scale(0.01), wz: i8(0), c: i32(9, -900, 30, 0) } },
    ),
    [
      'QGemm by column, to real numbers',
      {
        nodes: [
          node('QuantizeLinear', 'x, xs, xz -> q'),
          node('Flatten', 'q -> p'),
          node('com.microsoft.QGemm', 'p, xs, xz, w, ws, wz -> y'),
        ],
        weights: {
          xs: scale(0.011),
          xz: u8(121),
          w: small('int8', [108, 3]),
          ws: scale(0.01, 0.02, 0.03),
          wz: i8(0, 0, 0),
        },
      },
    ],
    [
      'MatMulIntegerToFloat',
      {
        nodes: [
          node('QuantizeLinear', 'x, xs, xz -> q'),
          node('com.microsoft.MatMulIntegerToFloat', 'q, w, xs, ws, xz, wz, c -> z'),
          node('Flatten', 'z -> y'),
        ],
        weights: {
          xs: scale(0.011),
          xz: u8(121),
          w: small('int8', [6, 2]),
          ws: scale(0.02),
          wz: i8(3),
          c: floats([2]),
        },
      },
    ],
    [
      'DynamicQuantizeMatMul',
      {
        nodes: [node('com.microsoft.DynamicQuantizeMatMul', 'x, w, ws, wz, c -> z'), node('Flatten', 'z -> y')],
        weights: { w: small('int8', [6, 2]), ws: scale(0.02), wz: i8(3), c: floats([2]) },
      },
    ],
    [
      'QuantizeLinear and DequantizeLinear of com.microsoft',
      {
        nodes: [
          node('com.microsoft.QuantizeLinear', 'x, s, z -> q'),
          node('com.microsoft.DequantizeLinear', 'q, s, z -> r'),
          node('Flatten', 'r -> y'),
        ],
        weights: { s: scale(0.004), z: i8(3) },
      },
    ],
  ],
}
