import { reverse, transpose } from '../../../ops/shape.ts'
import { slice } from '../../../ops/slice.ts'
import { dataOf, isConstant, type Tensor } from '../../../tensor.ts'

/**
 * The weights of a convolution as a strided view: w[o, i, y, x] of group g is
 * `data[start + g·group + o·steps[0] + i·steps[1] + y·steps[2] + x·steps[3]]`. Rotating, swapping and taking every
 * s-th tap move no data.
 */
export interface FixedKernel {
  readonly data: Float32Array
  readonly start: number
  readonly group: number
  readonly steps: readonly [number, number, number, number]
  readonly groups: number
  /** Outputs and inputs of a group, height, width. */
  readonly shape: readonly [number, number, number, number]
}

/** Weights that are computed as the graph runs: [O, I, kh, kw] of one group, or [C, 1, kh, kw], each channel to itself. */
export interface LiveKernel {
  readonly live: Tensor
  readonly groups: number
  /** As that of a fixed kernel. */
  readonly shape: readonly [number, number, number, number]
}

export type Kernel = FixedKernel | LiveKernel

export const isLive = (kernel: Kernel): kernel is LiveKernel => 'live' in kernel

/** Of weights [O, I / groups, kh, kw]; null where they are computed and join channels in groups. */
export function anyKernelOf(w: Tensor, groups: number): Kernel | null {
  const [outputs, inputs, kh, kw] = w.shape
  const shape = [outputs / groups, inputs, kh, kw] as const
  if (isConstant(w)) return kernelOf(w, groups)
  return groups === 1 || (groups === outputs && inputs === 1) ? { live: w, groups, shape } : null
}

/** Of constant weights. */
export function kernelOf(w: Tensor, groups: number): FixedKernel {
  const [all, inputs, kh, kw] = w.shape
  const outputs = all / groups
  return {
    data: dataOf(w),
    start: 0,
    group: outputs * inputs * kh * kw,
    steps: [inputs * kh * kw, kh * kw, kw, 1],
    groups,
    shape: [outputs, inputs, kh, kw],
  }
}

/** Outputs and inputs exchanged, taps in reverse order: the kernel of the gradient. */
export function transposed<K extends Kernel>(kernel: K): K {
  const [outputs, inputs, kh, kw] = kernel.shape
  const shape = [inputs, outputs, kh, kw] as const
  if (isLive(kernel)) {
    const swapped = kernel.groups === 1 ? transpose(kernel.live, [1, 0, 2, 3]) : kernel.live
    return { ...kernel, live: kh * kw === 1 ? swapped : reverse(swapped, [2, 3]), shape }
  }
  const [o, i, y, x] = kernel.steps
  return {
    ...kernel,
    start: kernel.start + (kh - 1) * y + (kw - 1) * x,
    steps: [i, o, -y, -x],
    shape,
  }
}

/** Those of `count` outputs of the one group from `first`. */
export function someOutputs(kernel: Kernel, first: number, count: number): Kernel {
  const [, inputs, kh, kw] = kernel.shape
  const shape = [count, inputs, kh, kw] as const
  if (isLive(kernel)) return { ...kernel, live: slice(kernel.live, [first, 0, 0, 0], shape), shape }
  return { ...kernel, start: kernel.start + first * kernel.steps[0], shape }
}

/** Every `step`-th tap from `first`, `taps` of them, along rows and columns. */
export function everyTap<K extends Kernel>(
  kernel: K,
  first: readonly number[],
  taps: readonly number[],
  step: readonly number[],
): K {
  const shape = [kernel.shape[0], kernel.shape[1], taps[0], taps[1]] as const
  if (isLive(kernel)) {
    const { live } = kernel
    const lengths = [live.shape[0], live.shape[1], ...taps]
    return { ...kernel, live: slice(live, [0, 0, ...first], lengths, [1, 1, ...step]), shape }
  }
  const [o, i, y, x] = kernel.steps
  return {
    ...kernel,
    start: kernel.start + first[0] * y + first[1] * x,
    steps: [o, i, y * step[0], x * step[1]],
    shape,
  }
}
