/** GraphModels as the converter writes them: nodes by hand, weights drawn, some of them quantised. */

const text = value => ({ s: Buffer.from(value).toString('base64') })
const texts = values => ({ list: { s: values.map(value => text(value).s) } })
const ints = (...values) => ({ list: { i: values.map(String) } })
const bool = b => ({ b })
const float = f => ({ f })
const int = i => ({ i: String(i) })

const TYPES = { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' }

class Graph {
  nodes = []
  functions = []
  weights = []

  constructor(draw, shape) {
    this.draw = draw
    const dim = [-1, ...shape].map(size => ({ size: String(size) }))
    this.nodes.push({ name: 'x', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim } } } })
  }

  node(op, input, attr = {}) {
    const name = `${op}_${this.nodes.length}`
    this.nodes.push({ name, op, input, attr: { T: { type: 'DT_FLOAT' }, ...attr } })
    return name
  }

  constant(shape, dtype, bytes, more = {}) {
    const name = `const_${this.nodes.length}`
    this.nodes.push({ name, op: 'Const', attr: { dtype: { type: TYPES[dtype] } } })
    this.weights.push({ name, shape, dtype, ...more, bytes: Buffer.from(bytes.buffer) })
    return name
  }

  whole(values, shape = [values.length]) {
    return this.constant(shape, 'int32', Int32Array.from(values))
  }

  truth(value) {
    return this.constant([], 'bool', Uint8Array.of(Number(value)))
  }

  number(value) {
    return this.constant([], 'float32', Float32Array.of(value))
  }

  /** As it is, or in whole numbers of 8 or 16 bits. */
  random(shape, stored = 'itself', from = -1) {
    const count = shape.reduce((a, b) => a * b, 1)
    const fan = shape.length > 1 ? count / shape.at(-1) : 3
    const values = Array.from({ length: count }, () =>
      from > 0 ? from + 1 + this.draw() : this.draw() * Math.sqrt(6 / fan),
    )
    if (stored === 'itself') return this.constant(shape, 'float32', Float32Array.from(values))
    const [array, most] = stored === 'uint8' ? [Uint8Array, 255] : [Uint16Array, 65535]
    const min = Math.min(...values)
    const scale = (Math.max(...values) - min) / most
    const levels = array.from(values, v => Math.round((v - min) / scale))
    return this.constant(shape, 'float32', levels, { quantization: { dtype: stored, scale, min } })
  }

  /** float16 by cutting: only weights between 2^-14 and 2 come here. */
  half(shape) {
    const count = shape.reduce((a, b) => a * b, 1)
    const words = new Uint32Array(Float32Array.from({ length: count }, () => 0.1 + Math.abs(this.draw())).buffer)
    const bits = Uint16Array.from(words, word => ((word >>> 13) & 0x3ff) | ((((word >>> 23) & 255) - 112) << 10))
    return this.constant(shape, 'float32', bits, { quantization: { dtype: 'float16' } })
  }

  /** [N, rest], by arithmetic with the shape. */
  flat(x, length) {
    const zero = this.whole([0])
    const one = this.whole([1])
    const shape = this.node('Shape', [x], { out_type: { type: 'DT_INT32' } })
    const batch = this.node('StridedSlice', [shape, zero, one, one], {
      shrink_axis_mask: int(1),
      begin_mask: int(0),
      end_mask: int(0),
      ellipsis_mask: int(0),
      new_axis_mask: int(0),
    })
    const target = this.node('Pack', [batch, this.whole([length], [])], { axis: int(0), N: int(2) })
    return this.node('Reshape', [x, target])
  }

  /** A function of one tensor: its nodes are written by `body`, which is given the argument's name and gives the result's. */
  function(name, body) {
    const around = this.nodes
    this.nodes = []
    const result = body('given')
    this.functions.push({
      signature: {
        name,
        inputArg: [{ name: 'given', type: 'DT_FLOAT' }],
        outputArg: [{ name: 'result', type: 'DT_FLOAT' }],
      },
      nodeDef: this.nodes.map(node => ({
        ...node,
        name: `${name}_${node.name}`,
        input: node.input?.map(i => inner(name, i)),
      })),
      ret: { result: inner(name, result) },
      attr: {},
    })
    this.weights = this.weights.map(weight =>
      this.nodes.some(node => node.name === weight.name) ? { ...weight, name: `${name}_${weight.name}` } : weight,
    )
    this.nodes = around
  }

  done() {
    return {
      format: 'graph-model',
      topology: {
        node: this.nodes,
        library: this.functions.length > 0 ? { function: this.functions } : {},
        versions: {},
      },
      weights: this.weights,
    }
  }
}

/** A value in a function's body. */
const inner = (name, value) => (value === 'given' ? value : `${name}_${value}:output:0`)

const window = (stride, padding = 'SAME', dilation = 1) => ({
  strides: ints(1, stride, stride, 1),
  dilations: ints(1, dilation, dilation, 1),
  padding: text(padding),
  data_format: text('NHWC'),
})
const pooling = (size, stride, padding) => ({
  ksize: ints(1, size, size, 1),
  strides: ints(1, stride, stride, 1),
  padding: text(padding),
  data_format: text('NHWC'),
})
const fused = (...ops) => ({
  fused_ops: texts(ops),
  num_args: int(ops.includes('Prelu') ? 2 : 1),
  epsilon: float(0),
  leakyrelu_alpha: float(0.1),
})

/** Fused convolutions and products, batch normalisation, poolings, a flattened picture. */
function convolutions(draw) {
  const g = new Graph(draw, [9, 7, 3])
  const a = g.node('_FusedConv2D', ['x', g.random([3, 3, 3, 6], 'uint8'), g.random([6])], {
    ...window(2),
    ...fused('BiasAdd', 'Relu6'),
  })
  const b = g.node('FusedDepthwiseConv2dNative', [a, g.random([3, 3, 6, 1], 'uint16'), g.random([6]), g.random([6])], {
    ...window(1),
    ...fused('BiasAdd', 'Prelu'),
  })
  const c = g.node('_FusedConv2D', [b, g.half([1, 1, 6, 5]), g.random([5])], {
    ...window(1, 'VALID'),
    ...fused('BiasAdd', 'LeakyRelu'),
  })
  const figures = [g.random([5]), g.random([5]), g.random([5]), g.random([5], 'itself', 0.2)]
  const d = g.node('FusedBatchNormV3', [c, ...figures], {
    epsilon: float(0.01),
    is_training: bool(false),
    data_format: text('NHWC'),
  })
  const e = g.node('Conv2D', [d, g.random([2, 2, 5, 5])], {
    ...window(1, 'EXPLICIT'),
    explicit_paddings: ints(0, 0, 1, 0, 0, 2, 0, 0),
  })
  const f = g.node('BiasAdd', [e, g.random([5])], { data_format: text('NHWC') })
  const h = g.node('DepthwiseConv2dNative', [f, g.random([3, 3, 5, 2])], window(1, 'SAME', 2))
  const i = g.node('MaxPool', [g.node('Relu', [h])], pooling(2, 1, 'VALID'))
  const j = g.node(
    'AvgPool',
    [g.node('Add', [i, g.node('MaxPool', [i], pooling(3, 1, 'SAME'))])],
    pooling(3, 2, 'SAME'),
  )
  const k = g.node('Identity', [g.flat(j, 2 * 2 * 10)])
  const l = g.node('_FusedMatMul', [k, g.random([40, 8]), g.random([8])], {
    transpose_a: bool(false),
    transpose_b: bool(false),
    ...fused('BiasAdd', 'Elu'),
  })
  g.node('Softmax', [g.node('MatMul', [l, g.random([4, 8])], { transpose_a: bool(false), transpose_b: bool(true) })])
  return g.done()
}

/** What moves elements: padding, slicing, joining, shuffling channels, resizing. */
function movements(draw) {
  const g = new Graph(draw, [8, 6, 3])
  const pads = g.whole([0, 0, 1, 0, 0, 2, 0, 0], [4, 2])
  const a = g.node('Pad', ['x', pads], { Tpaddings: { type: 'DT_INT32' } })
  const b = g.node('MirrorPad', [a, g.whole([0, 0, 0, 1, 2, 0, 0, 0], [4, 2])], { mode: text('REFLECT') })
  const c = g.node('Conv2D', [b, g.random([3, 3, 3, 6])], window(1))
  // Channels change places, 2 groups of 3.
  const d = g.node('Reshape', [c, g.whole([-1, 10, 10, 2, 3])])
  const e = g.node('Transpose', [d, g.whole([0, 1, 2, 4, 3])])
  const f = g.node('Reshape', [e, g.whole([-1, 10, 10, 6])])
  const split = g.node('Split', [g.whole([3], []), f], { num_split: int(2) })
  const h = g.node('Conv2D', [split, g.random([1, 1, 3, 3])], window(1))
  const i = g.node('ConcatV2', [h, `${split}:1`, g.whole([3], [])], { N: int(2), Tidx: { type: 'DT_INT32' } })
  const j = g.node('StridedSlice', [i, g.whole([0, 1, 0, 0]), g.whole([0, -1, 10, 6]), g.whole([1, 1, 2, 1])], {
    begin_mask: int(1),
    end_mask: int(1),
    shrink_axis_mask: int(0),
    ellipsis_mask: int(0),
    new_axis_mask: int(0),
  })
  const k = g.node('Slice', [j, g.whole([0, 0, 1, 0]), g.whole([-1, 7, 4, 5])])
  const l = g.node('ResizeBilinear', [k, g.whole([5, 9])], {
    align_corners: bool(false),
    half_pixel_centers: bool(true),
  })
  const m = g.node('ResizeNearestNeighbor', [l, g.whole([10, 9])], {
    align_corners: bool(false),
    half_pixel_centers: bool(false),
  })
  const n = g.node('ResizeBilinear', [m, g.whole([4, 5])], {
    align_corners: bool(true),
    half_pixel_centers: bool(false),
  })
  const o = g.node('GatherV2', [n, g.whole([4, 0, 2]), g.whole([3], [])], { batch_dims: int(0) })
  const p = g.node('Mean', [o, g.whole([1, 2])], { keep_dims: bool(true) })
  const q = g.node('Tile', [g.node('Squeeze', [p], { squeeze_dims: ints(1, 2) }), g.whole([1, 2])])
  const r = g.node('ExpandDims', [q, g.whole([1], [])], {})
  const parts = g.node('Unpack', [r], { num: int(1), axis: int(1) })
  const flat = g.flat(o, 60)
  g.node('AddV2', [
    g.node('MatMul', [flat, g.random([60, 6])], { transpose_a: bool(false), transpose_b: bool(false) }),
    parts,
  ])
  return g.done()
}

/** What works on each element by itself, and reductions. */
function elements(draw) {
  const g = new Graph(draw, [6, 5, 3])
  const conv = (x, channels) => g.node('Conv2D', [x, g.random([1, 1, channels, 4])], window(1))
  const a = conv('x', 3)
  const swish = g.node('Mul', [a, g.node('Sigmoid', [a])])
  const b = g.node('ClipByValue', [g.node('Sub', [swish, g.random([4])]), g.number(-0.8), g.number(0.9)])
  const c = g.node('SquaredDifference', [b, g.node('Maximum', [a, g.node('Minimum', [swish, g.number(0.3)])])])
  const mean = g.node('Mean', [c, g.whole([1, 2])], { keep_dims: bool(true) })
  const gate = g.node('Relu6', [conv(mean, 4)])
  const d = g.node('AddN', [c, g.node('Mul', [b, gate]), g.node('Softplus', [a])])
  const e = g.node('RealDiv', [d, g.node('Sqrt', [g.node('AddV2', [g.node('Square', [a]), g.number(1)])])])
  const f = g.node('Mul', [e, g.node('Rsqrt', [g.node('Add', [g.node('Abs', [b]), g.number(0.5)])])])
  const h = g.node('LeakyRelu', [g.node('Prelu', [f, g.random([4])])], { alpha: float(0.05) })
  const i = g.node('Pow', [g.node('Exp', [g.node('Neg', [g.node('Tanh', [h])])]), g.number(1.5)])
  const j = g.node('LRN', [i], { depth_radius: int(1), bias: float(1.2), alpha: float(0.3), beta: float(0.6) })
  const k = g.node('Log', [g.node('Selu', [g.node('Elu', [j])])])
  const l = g.node(
    'ConcatV2',
    [
      g.node('Max', [k, g.whole([1, 2])], { keep_dims: bool(false) }),
      g.node('Sum', [j, g.whole([1, 2])], { keep_dims: bool(false) }),
      g.whole([-1], []),
    ],
    { N: int(2) },
  )
  g.node('MatMul', [g.node('Erf', [l]), g.random([8, 5])], { transpose_a: bool(false), transpose_b: bool(false) })
  return g.done()
}

/** Pictures in blocks, a convolution's transpose, and whole numbers made of shapes. */
function blocks(draw) {
  const g = new Graph(draw, [8, 6, 3])
  const a = g.node('Conv2D', ['x', g.random([1, 1, 3, 4])], window(1))
  const ends = g.whole([2, 2, 1, 2], [2, 2])
  const apart = g.node('SpaceToBatchND', [a, g.whole([2, 3]), ends])
  const b = g.node('DepthwiseConv2dNative', [apart, g.random([2, 2, 4, 1])], window(1, 'VALID'))
  const c = g.node('BatchToSpaceND', [b, g.whole([2, 3]), g.whole([0, 1, 1, 0], [2, 2])])
  const [zero, one] = [g.whole([0]), g.whole([1])]
  const mask = {
    shrink_axis_mask: int(1),
    begin_mask: int(0),
    end_mask: int(0),
    ellipsis_mask: int(0),
    new_axis_mask: int(0),
  }
  const batch = g.node('StridedSlice', [g.node('Shape', [c]), zero, one, one], mask)
  const halves = g.node('FloorDiv', [g.whole([37], []), g.node('Rank', [c])])
  const sizes = g.node('Pack', [batch, g.whole([18], []), halves, g.whole([8], [])], { axis: int(0), N: int(4) })
  const d = g.node('Conv2DBackpropInput', [sizes, g.random([3, 3, 8, 4]), g.node('Relu', [c])], window(2))
  const e = g.node('DepthToSpace', [d], { block_size: int(2), data_format: text('NHWC') })
  const f = g.node('Mean', [e, g.whole([1, 2])], { keep_dims: bool(false) })
  g.node('MatMul', [f, g.random([2, 4])], { transpose_a: bool(false), transpose_b: bool(false) })
  return g.done()
}

/** Ways that are not taken, functions, and truth. */
function ways(draw) {
  const g = new Graph(draw, [6, 5, 3])
  const a = g.node('Conv2D', ['x', g.random([1, 1, 3, 4])], window(1))
  const training = g.node('Identity', [g.truth(false)], { T: { type: 'DT_BOOL' } })
  const parted = g.node('Switch', [a, g.node('LogicalNot', [training])])
  const never = g.node('Mul', [parted, g.number(7)])
  const always = g.node('Mul', [`${parted}:1`, g.random([4])])
  const b = g.node('Merge', [never, always], { N: int(2) })
  g.function('halved', given => g.node('Mul', [given, g.number(0.5)]))
  g.function('bent', given => g.node('Tanh', [g.node('Conv2D', [given, g.random([2, 2, 4, 4])], window(1))]))
  const c = g.node('StatelessIf', [training, b], {
    then_branch: { func: { name: 'halved', attr: {} } },
    else_branch: { func: { name: 'bent', attr: {} } },
    Tcond: { type: 'DT_BOOL' },
    Tin: { list: { type: ['DT_FLOAT'] } },
    Tout: { list: { type: ['DT_FLOAT'] } },
  })
  const d = g.node('DivNoNan', [c, g.node('Log1p', [g.node('Relu', [b])])])
  const hot = g.node('OneHot', [g.whole([2], []), g.whole([4], []), g.number(3), g.number(0.5)], { axis: int(-1) })
  const above = g.node('Cast', [g.node('NotEqual', [g.node('Relu', [d]), g.number(0)])], {
    SrcT: { type: 'DT_BOOL' },
    DstT: { type: 'DT_FLOAT' },
  })
  const e = g.node('AddV2', [g.node('Mul', [d, hot]), g.node('Mul', [above, g.node('Expm1', [b])])])
  g.node('EuclideanNorm', [e, g.whole([1, 2])], { keep_dims: bool(false) })
  return g.done()
}

export const graphModels = { convolutions, movements, elements, blocks, ways }
