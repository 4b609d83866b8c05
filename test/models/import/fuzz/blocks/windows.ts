import type { Attributes, RandomNet } from '../random-net.ts'

/** How a window walks over height and width, and how many places it has there. */
export interface Walk {
  readonly kernel: readonly number[]
  readonly attributes: Attributes
  readonly places: readonly number[]
}

export interface WalkOptions {
  readonly dilates: boolean
  /** Pads stay below the kernel, so that no window lies outside the picture. */
  readonly pool: boolean
}

/** A random walk over [H, W]: kernels that are not square, uneven strides and pads, auto_pad, ceil_mode. */
export function walkOver(net: RandomNet, lengths: readonly number[], { dilates, pool }: WalkOptions): Walk {
  const auto = net.chance(0.25) ? net.among(['SAME_UPPER', 'SAME_LOWER', 'VALID']) : 'NOTSET'
  const same = auto.startsWith('SAME')
  const axes = lengths.map((length): Axis => {
    const kernel = net.whole(1, Math.min(4, length))
    const fits = kernel > 1 && 2 * (kernel - 1) < length
    const dilation = dilates && fits && !same && net.chance(0.3) ? 2 : 1
    const most = auto === 'NOTSET' ? (pool ? Math.min(2, kernel - 1) : 2) : 0
    // ONNX Runtime takes no stride above the kernel with SAME.
    const stride = Math.min(net.among([1, 1, 2, 3]), same ? kernel : 3)
    return { length, kernel, dilation, stride, before: net.whole(0, most), after: net.whole(0, most) }
  })
  const ceil = pool && auto === 'NOTSET' && net.opset >= 10 && axes.every(lastBeginsInside) && net.chance(0.6)
  const of = (name: keyof Axis): number[] => axes.map(axis => axis[name])
  return {
    kernel: of('kernel'),
    places: axes.map(axis => (same ? Math.ceil(axis.length / axis.stride) : placesOf(axis, ceil))),
    attributes: {
      strides: of('stride'),
      ...(auto === 'NOTSET' ? { pads: [...of('before'), ...of('after')] } : { auto_pad: auto }),
      ...(axes.some(axis => axis.dilation > 1) ? { dilations: of('dilation') } : {}),
      ...(ceil ? { ceil_mode: 1 } : {}),
    },
  }
}

interface Axis {
  readonly length: number
  readonly kernel: number
  readonly dilation: number
  readonly stride: number
  readonly before: number
  readonly after: number
}

const rest = ({ length, kernel, dilation, before, after }: Axis): number =>
  length + before + after - dilation * (kernel - 1) - 1

const placesOf = (axis: Axis, ceil: boolean): number => (ceil ? Math.ceil : Math.floor)(rest(axis) / axis.stride) + 1

/** Of a last window that would begin behind the picture, ONNX Runtime's inference and its kernels disagree. */
const lastBeginsInside = (axis: Axis): boolean => (placesOf(axis, true) - 1) * axis.stride < axis.length + axis.before
