import { f } from '../../case.ts'
import type { Blocks, RandomNet, Value } from '../random-net.ts'

function sliced(net: RandomNet, x: Value, ranges: readonly (readonly number[])[], shape: readonly number[]): Value {
  const [starts, ends, axes, steps] = [0, 1, 2, 3].map(k => ranges.map(range => range[k]))
  if (net.opset < 10) return net.add('Slice', [x], shape, { starts, ends, axes })
  return net.add('Slice', [x, ...[starts, ends, axes, steps].map(v => net.whole64(v))], shape)
}

/** Splits an axis (from 1 on) in parts of these lengths. */
function split(net: RandomNet, x: Value, axis: number, lengths: readonly number[]): Value[] {
  const shapes = lengths.map(length => x.shape.with(axis - 1, length))
  if (net.opset < 13) return net.addAll('Split', [x], shapes, { axis, split: lengths })
  return net.addAll('Split', [x, net.whole64(lengths)], shapes, { axis })
}

export const MOVEMENTS: Blocks = {
  slice(net, x) {
    const axes = net.among([[1], [2], [3], [2, 3]])
    const shape = [...x.shape]
    const ranges = axes.map(axis => {
      const length = shape[axis - 1]
      const step = net.opset < 10 ? 1 : net.among([1, 1, 2, -1, -2])
      const [a, b] = [net.whole(0, length - 1), net.whole(0, length - 1)]
      const [first, last] = [Math.min(a, b), Math.max(a, b)]
      shape[axis - 1] = Math.floor((last - first) / Math.abs(step)) + 1
      const said = (i: number): number => (net.chance(0.5) && i < length && i >= 0 ? i - length : i)
      if (step < 0) return [said(last), first === 0 ? -1000 : said(first - 1), axis, step]
      return [said(first), last === length - 1 ? net.among([length, 1000, 2 ** 31 - 1]) : said(last + 1), axis, step]
    })
    return sliced(net, x, ranges, shape)
  },

  pad(net, x) {
    const mode = net.among(['constant', 'constant', 'reflect', 'edge'])
    const most = (length: number): number => (mode === 'reflect' ? Math.min(2, length - 1) : 2)
    const [front, back] = [0, 1].map(() => x.shape.map((d, i) => (i === 0 ? 0 : net.whole(0, most(d)))))
    const pads = [0, ...front, 0, ...back]
    const shape = x.shape.map((d, i) => d + front[i] + back[i])
    const value = mode === 'constant' && net.chance(0.5) ? net.number(-1, 1) : 0
    if (net.opset < 11) return net.add('Pad', [x], shape, { mode, pads, value: f(value) })
    return net.add('Pad', [x, net.whole64(pads), ...(value ? [net.scalar(value)] : [])], shape, { mode })
  },

  concat(net, x) {
    const axis = net.whole(1, 3)
    const other = net.add(net.among(['Tanh', 'Relu', 'Neg', 'Identity']), [x], x.shape)
    const parts = net.chance(0.3) ? [other, x, other] : [x, other]
    const shape = x.shape.with(axis - 1, parts.length * x.shape[axis - 1])
    return net.add('Concat', parts, shape, { axis: net.chance(0.5) ? axis : axis - 4 })
  },

  splitAndJoin(net, x) {
    const axis = net.whole(1, 3)
    const length = x.shape[axis - 1]
    if (length < 2) return null
    const first = net.whole(1, length - 1)
    const [a, b] = split(net, x, axis, [first, length - first])
    const changed = net.add('Tanh', [a], a.shape)
    return net.chance(0.3) ? b : net.add('Concat', [b, changed], x.shape, { axis })
  },

  gather(net, x) {
    const axis = net.whole(1, 3)
    const length = x.shape[axis - 1]
    const places = Array.from({ length: net.whole(1, 4) }, () => net.whole(-length, length - 1))
    return net.add('Gather', [x, net.whole64(places)], x.shape.with(axis - 1, places.length), { axis })
  },

  shuffle(net, x) {
    const [c, h, w] = x.shape
    const groups = net.among([1, 2, 3, 4].filter(g => c % g === 0))
    const apart = net.reshape(x, [groups, c / groups, h, w])
    const swapped = net.add('Transpose', [apart], [c / groups, groups, h, w], { perm: [0, 2, 1, 3, 4] })
    return net.reshape(swapped, x.shape)
  },

  transpose(net, x) {
    const perm = net.among([
      [1, 2, 3],
      [1, 3, 2],
      [2, 1, 3],
      [3, 2, 1],
    ])
    return net.add(
      'Transpose',
      [x],
      perm.map(i => x.shape[i - 1]),
      { perm: [0, ...perm] },
    )
  },

  unitAxis(net, x) {
    const axis = net.whole(1, 4)
    const out = net.axes([axis], 13)
    const y = net.add('Unsqueeze', [x, ...out.inputs], x.shape.toSpliced(axis - 1, 0, 1), out.attributes)
    const back = net.axes([net.opset < 11 || net.chance(0.5) ? axis : axis - 5], 13)
    return net.add('Squeeze', [net.add('Neg', [y], y.shape), ...back.inputs], x.shape, back.attributes)
  },

  depthToSpace(net, x) {
    const [c, h, w] = x.shape
    if (c % 4 !== 0) return null
    const mode = net.opset >= 11 && net.chance(0.5) ? { mode: 'CRD' } : {}
    return net.add('DepthToSpace', [x], [c / 4, 2 * h, 2 * w], { blocksize: 2, ...mode })
  },

  spaceToDepth(net, x) {
    const [c, h, w] = x.shape
    const block = net.among([2, 3].filter(b => h % b === 0 && w % b === 0))
    if (!block) return null
    return net.add('SpaceToDepth', [x], [c * block * block, h / block, w / block], { blocksize: block })
  },

  enlarge(net, x) {
    const [c, h, w] = x.shape
    const by = [net.whole(1, 2), net.whole(1, 3)]
    const shape = [c, h * by[0], w * by[1]]
    const scales = net.list([1, 1, ...by])
    if (net.opset < 10) return net.add('Upsample', [x, scales], shape, { mode: 'nearest' })
    if (net.opset < 11) return net.add('Resize', [x, scales], shape, { mode: 'nearest' })
    const how = net.among([{}, { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }])
    const roi = net.opset < 13 ? net.list([]) : ''
    return net.add('Resize', [x, roi, scales], shape, { mode: 'nearest', ...how })
  },

  /** To any size, by interpolation or by the nearest pixel. */
  resize(net, x) {
    if (net.opset < 13) return null
    const [c, h, w] = x.shape
    const size = [net.whole(1, h + 3), net.whole(1, w + 3)]
    // ONNX Runtime moves a Transpose behind a Resize, and then knows no cubic one.
    const turned = net.nodes.some(({ type }) => type === 'Transpose')
    const mode = net.among(['nearest', 'linear', turned ? 'linear' : 'cubic'])
    const places = net.among(['half_pixel', 'align_corners', 'asymmetric', 'pytorch_half_pixel'])
    const rounding = mode === 'nearest' ? { nearest_mode: net.among(['floor', 'round_prefer_floor', 'ceil']) } : {}
    const attributes = { mode, coordinate_transformation_mode: places, ...rounding }
    return net.add('Resize', [x, '', '', net.whole64([1, c, ...size])], [c, ...size], attributes)
  },

  tile(net, x) {
    const by = net.among([
      [2, 1, 1],
      [1, 2, 1],
      [1, 1, 2],
    ])
    return net.add(
      'Tile',
      [x, net.whole64([1, ...by])],
      x.shape.map((d, i) => d * by[i]),
    )
  },

  expand(net, x) {
    const [c, h, w] = x.shape
    const pooled = net.add('GlobalAveragePool', [x], [c, 1, 1])
    const wide = net.add('Expand', [pooled, net.whole64([1, c, h, w])], x.shape)
    return net.add('Sub', [x, wide], x.shape)
  },
}
