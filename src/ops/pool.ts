import { type Shape, size } from '../shape.ts'
import { bind, constant, type Tensor } from '../tensor.ts'
import { convInput, type Window, windows } from './conv.ts'
import type { Attrs, Kernel, Op } from './op.ts'
import { pickMaxima, scatterToMaxima } from './pool-taps.ts'
import { averagePoolTfjs, maxPoolInputTfjs, maxPoolTfjs } from './pool-tfjs.ts'

export interface Pooling extends Window {
  readonly kernel: readonly [number, number]
}
const window = (attrs: Attrs): Pooling => attrs as unknown as Pooling
const onnxWindow = ({ kernel, strides, pads }: Pooling): Record<string, readonly number[]> => ({
  kernel_shape: kernel,
  strides,
  pads,
})
const pooledShape = ([x]: readonly Shape[], attrs: Attrs): Shape => [
  ...x.slice(0, 2),
  windows(x[2], window(attrs).kernel[0], 0, window(attrs)),
  windows(x[3], window(attrs).kernel[1], 1, window(attrs)),
]

/** The largest value of each window; pads never win. */
export const maxPool = (x: Tensor, attrs: Pooling): Tensor => bind(maxPoolOp, [x], { ...attrs })
const maxPoolOp: Op = {
  name: 'maxPool',
  shape: pooledShape,
  vjp: (g, y, [x], attrs) => [bind(maxPoolInputOp, [g, x, y], attrs)],
  tfjs: maxPoolTfjs,
  // Rows that only complete the last windows can make pads of a whole kernel, which ONNX Runtime refuses: it adds them.
  onnx(emit, [x], { attrs }) {
    const { kernel, strides, dilations, pads } = window(attrs)
    const within = pads.map((p, i) => (i < 2 ? p : Math.min(p, kernel[i - 2] - 1)))
    const completed = within.some((p, i) => p < pads[i]) ? { ceil_mode: 1 } : {}
    return emit.node('MaxPool', [x], { kernel_shape: kernel, strides, dilations, pads: within, ...completed })
  },
  js([x], kernel) {
    const y = new Float64Array(size(kernel.shape)).fill(-Infinity)
    eachPlace(kernel.shapes[0], kernel.shape, window(kernel.attrs), (i, k) => (y[k] = x[i] > y[k] ? x[i] : y[k]))
    return y
  },
}

/** The cotangent of a max pooling's input: each window's goes to its first maximum, in rows. */
const maxPoolInputOp: Op = {
  name: 'maxPoolInput',
  shape: ([, x]) => x,
  // Linear in g: its transpose picks, in each window, the value at the first maximum.
  vjp: (h, _, [, x, y], attrs) => [pickMaxima(h, x, y, window(attrs)), null, null],
  tfjs: maxPoolInputTfjs,
  onnx: { as: ({ inputs: [g, x, y], attrs }) => scatterToMaxima(g, x, y, window(attrs)) },
  js([g, x], { shape, shapes: [gs], attrs }) {
    const out = new Float64Array(x.length)
    const best = new Int32Array(g.length).fill(-1)
    eachPlace(shape, gs, window(attrs), (i, k) => {
      if (best[k] < 0 || x[i] > x[best[k]]) best[k] = i
    })
    best.forEach((i, k) => {
      out[i] += g[k]
    })
    return out
  },
}

/** The mean of each window, over all its places or (the default) over those that are no pads. */
export const averagePool = (x: Tensor, attrs: Pooling, countPads = false): Tensor =>
  bind(averagePoolOp, [x], { ...attrs, countPads })
const averagePoolOp: Op = {
  name: 'averagePool',
  shape: pooledShape,
  // Each place of a window gets an equal share: a depthwise convolution with equal taps, transposed.
  vjp(g, y, [x], attrs) {
    const [, c, ...spatial] = x.shape
    const { kernel, strides, pads, dilations } = window(attrs)
    const share = shares(x.shape, y.shape, attrs)
    const even = share.every(s => s === share[0])
    const taps = constant(new Float32Array(c * kernel[0] * kernel[1]).fill(even ? share[0] : 1), [c, 1, ...kernel])
    const shared = even ? g : g.mul(constant(Float32Array.from(share), [1, 1, ...y.shape.slice(2)]))
    return [convInput(shared, taps, spatial, { strides, pads, dilations, group: c })]
  },
  tfjs: averagePoolTfjs,
  onnx(emit, [x], { attrs, inputs, shape }) {
    const { dilations } = window(attrs)
    if (dilations.every(d => d === 1) && padsBelowKernel(inputs[0], window(attrs)))
      return emit.node('AveragePool', [x], {
        ...onnxWindow(window(attrs)),
        count_include_pad: Number(attrs.countPads),
      })
    const [, c] = inputs[0].shape
    const { kernel, strides, pads } = window(attrs)
    const ones = emit.floats(new Array(c * kernel[0] * kernel[1]).fill(1), [c, 1, ...kernel])
    const total = emit.node('Conv', [x, ones], { kernel_shape: kernel, strides, pads, dilations, group: c })
    return emit.node('Mul', [total, emit.floats(shares(inputs[0].shape, shape, attrs), [1, 1, ...shape.slice(2)])])
  },
  js([x], { shape, shapes: [own], attrs }) {
    const y = new Float64Array(size(shape))
    eachPlace(own, shape, window(attrs), (i, k) => (y[k] += x[i]))
    const share = shares(own, shape, attrs)
    return y.map((v, k) => v * share[k % share.length])
  },
}

/** ONNX Runtime's poolings take no pads of a whole kernel, nor may it find such a Pad before one: it joins the two. */
function padsBelowKernel({ op, attrs, inputs, shape }: Tensor, { kernel, pads }: Pooling): boolean {
  const [starts, own] = op.name === 'place' ? [attrs.starts as Shape, inputs[0].shape] : [[0, 0, 0, 0], shape]
  return kernel.every((k, i) => {
    const before = starts[2 + i]
    return [before, shape[2 + i] - own[2 + i] - before, pads[i], pads[i + 2]].every(p => p < k)
  })
}

/** 1 / the number of places that count, for each window: [Oh · Ow]. */
export function shares([, , h, w]: Shape, [, , oh, ow]: Shape, attrs: Attrs): number[] {
  const { kernel, strides, pads, dilations } = window(attrs)
  const count = (axis: number, length: number, o: number): number => {
    const lo = attrs.countPads ? -pads[axis] : 0
    const hi = length + (attrs.countPads ? pads[axis + 2] : 0)
    const at = (k: number): number => o * strides[axis] + k * dilations[axis] - pads[axis]
    return Array.from({ length: kernel[axis] }, (_, k) => at(k)).filter(i => i >= lo && i < hi).length
  }
  return Array.from({ length: oh * ow }, (_, k) => 1 / (count(0, h, Math.floor(k / ow)) * count(1, w, k % ow)))
}

/** Visits every place (i in the input) of every window (k in the output), row by row. */
function eachPlace(
  [batch, channels, h, w]: Kernel['shape'],
  [, , oh, ow]: Kernel['shape'],
  { kernel, strides, pads, dilations }: Pooling,
  visit: (i: number, k: number) => void,
): void {
  for (let plane = 0; plane < batch * channels; plane++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++)
        for (let ky = 0; ky < kernel[0]; ky++) {
          const y = oy * strides[0] + ky * dilations[0] - pads[0]
          if (y < 0 || y >= h) continue
          for (let kx = 0; kx < kernel[1]; kx++) {
            const x = ox * strides[1] + kx * dilations[1] - pads[1]
            if (x >= 0 && x < w) visit((plane * h + y) * w + x, (plane * oh + oy) * ow + ox)
          }
        }
}
