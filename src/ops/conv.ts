import { ShapeError } from '../errors.ts'
import { type Shape, show, size } from '../shape.ts'
import { bind, type Tensor } from '../tensor.ts'
import { convInputTfjs, convTfjs, convWeightTfjs } from './conv-tfjs.ts'
import { convInputAs, convWeightAs } from './conv-transposed.ts'
import type { Attrs, Kernel, Op } from './op.ts'
import { reshape } from './shape.ts'

/** How a window walks over an image: pads are top, left, bottom, right. */
export interface Window {
  readonly strides: readonly [number, number]
  readonly pads: readonly [number, number, number, number]
  readonly dilations: readonly [number, number]
}
export interface Convolution extends Window {
  readonly group: number
}
export const PLAIN: Convolution = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 }

// A convolution y = x ∗ w is linear in x and in w. Its two transposes are operators as well, and the three are
// closed under differentiation, so that gradients of gradients need no further rule.

/** y[n, o] = Σᵢ x[n, i] ∗ w[o, i] (+ b[o]): x is [N, I, H, W], w is [O, I / group, kh, kw]. */
export const conv = (x: Tensor, w: Tensor, attrs: Partial<Convolution> = {}, bias?: Tensor): Tensor =>
  bind(convOp, bias ? [x, w, bias] : [x, w], { ...PLAIN, ...attrs })

/** The transpose in x: the cotangent of a [H, W] input, from that of the output. */
export const convInput = (g: Tensor, w: Tensor, spatial: readonly number[], attrs: Convolution): Tensor =>
  bind(convInputOp, [g, w], { ...attrs, spatial })

/** The transpose in w: the cotangent of a [kh, kw] kernel, from input and cotangent of the output. */
export const convWeight = (x: Tensor, g: Tensor, kernel: readonly number[], attrs: Convolution): Tensor =>
  bind(convWeightOp, [x, g], { ...attrs, kernel })

/** The length of an output axis, or of a pooling's. */
export function windows(length: number, kernel: number, axis: number, { strides, pads, dilations }: Window): number {
  const room = length + pads[axis] + pads[axis + 2] - (dilations[axis] * (kernel - 1) + 1)
  if (room < 0)
    throw new ShapeError(`A window of ${kernel} does not fit into a length of ${length} with pads [${pads}]`)
  return Math.floor(room / strides[axis]) + 1
}

const attributes = (attrs: Attrs): Convolution => {
  const { strides, pads, dilations, group } = attrs as unknown as Convolution
  return { strides, pads, dilations, group }
}

const convOp: Op = {
  name: 'conv',
  shape([x, w, b], attrs) {
    const a = attributes(attrs)
    if (x.length !== 4 || w.length !== 4 || x[1] !== w[1] * a.group || w[0] % a.group !== 0)
      throw new ShapeError(`Cannot convolve [${show(x)}] with a kernel of [${show(w)}] in ${a.group} groups`)
    if (b && (b.length !== 1 || b[0] !== w[0])) throw new ShapeError(`A bias of [${show(b)}] for ${w[0]} channels`)
    return [x[0], w[0], windows(x[2], w[2], 0, a), windows(x[3], w[3], 1, a)]
  },
  vjp: (g, _, [x, w, b], attrs) => [
    convInput(g, w, x.shape.slice(2), attributes(attrs)),
    convWeight(x, g, w.shape.slice(2), attributes(attrs)),
    ...(b ? [sumToChannels(g)] : []),
  ],
  tfjs: convTfjs,
  onnx(emit, inputs, { attrs, inputs: [, w] }) {
    const { strides, pads, dilations, group } = attributes(attrs)
    return emit.node('Conv', inputs, { kernel_shape: w.shape.slice(2), strides, pads, dilations, group })
  },
  js([x, w, b], { shape, shapes: [xs, ws], attrs }) {
    const y = new Float64Array(size(shape))
    const plane = shape[2] * shape[3]
    if (b) for (let i = 0; i < y.length; i++) y[i] = b[Math.floor(i / plane) % shape[1]]
    eachTap(xs, ws, shape, attributes(attrs), (i, j, k) => (y[k] += x[i] * w[j]))
    return y
  },
}

const convInputOp: Op = {
  name: 'convInput',
  shape: ([g, w], attrs) => [g[0], w[1] * attributes(attrs).group, ...(attrs.spatial as Shape)],
  vjp: (h, _, [g, w], attrs) => [conv(h, w, attributes(attrs)), convWeight(h, g, w.shape.slice(2), attributes(attrs))],
  tfjs: convInputTfjs,
  onnx: { as: ({ inputs: [g, w], shape, attrs }) => convInputAs(g, w, shape.slice(2), attributes(attrs)) },
  js([g, w], { shape, shapes: [gs, ws], attrs }) {
    const x = new Float64Array(size(shape))
    eachTap(shape, ws, gs, attributes(attrs), (i, j, k) => (x[i] += g[k] * w[j]))
    return x
  },
}

const convWeightOp: Op = {
  name: 'convWeight',
  shape: ([x, g], attrs) => [g[1], x[1] / attributes(attrs).group, ...(attrs.kernel as Shape)],
  vjp: (h, _, [x, g], attrs) => [convInput(g, h, x.shape.slice(2), attributes(attrs)), conv(x, h, attributes(attrs))],
  tfjs: convWeightTfjs,
  onnx: { as: ({ inputs: [x, g], shape, attrs }) => convWeightAs(x, g, shape.slice(2), attributes(attrs)) },
  js([x, g], { shape, shapes: [xs, gs], attrs }) {
    const w = new Float64Array(size(shape))
    eachTap(xs, shape, gs, attributes(attrs), (i, j, k) => (w[j] += x[i] * g[k]))
    return w
  },
}

const sumToChannels = (g: Tensor): Tensor => reshape(g.sum([0, 2, 3]), [g.shape[1]])

/** Visits every product of a convolution by the places of its factors in x and w and of its sum in y. */
function eachTap(
  [batch, inputs, h, w]: readonly number[],
  [outputs, perGroup, kh, kw]: readonly number[],
  [, , oh, ow]: Kernel['shape'],
  { strides, pads, dilations, group }: Convolution,
  visit: (x: number, w: number, y: number) => void,
): void {
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < perGroup; i++) {
        const channel = Math.floor(o / (outputs / group)) * perGroup + i
        for (let ky = 0; ky < kh; ky++)
          for (let kx = 0; kx < kw; kx++)
            for (let oy = 0; oy < oh; oy++) {
              const y = oy * strides[0] + ky * dilations[0] - pads[0]
              if (y < 0 || y >= h) continue
              for (let ox = 0; ox < ow; ox++) {
                const x = ox * strides[1] + kx * dilations[1] - pads[1]
                if (x < 0 || x >= w) continue
                visit(
                  ((n * inputs + channel) * h + y) * w + x,
                  ((o * perGroup + i) * kh + ky) * kw + kx,
                  ((n * outputs + o) * oh + oy) * ow + ox,
                )
              }
            }
      }
}
