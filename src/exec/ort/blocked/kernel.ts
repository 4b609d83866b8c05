import { dataOf, type Tensor } from '../../../tensor.ts'

/**
 * The weights of a convolution as a strided view: w[o, i, y, x] of group g is
 * `data[start + g·group + o·steps[0] + i·steps[1] + y·steps[2] + x·steps[3]]`. Rotating, swapping and taking every
 * s-th tap move no data.
 */
export interface Kernel {
  readonly data: Float32Array
  readonly start: number
  readonly group: number
  readonly steps: readonly [number, number, number, number]
  readonly groups: number
  /** Outputs and inputs of a group, height, width. */
  readonly shape: readonly [number, number, number, number]
}

/** Of constant weights [O, I / groups, kh, kw]. */
export function kernelOf(w: Tensor, groups: number): Kernel {
  const [outputs, inputs, kh, kw] = w.shape
  return {
    data: dataOf(w),
    start: 0,
    group: (outputs / groups) * inputs * kh * kw,
    steps: [inputs * kh * kw, kh * kw, kw, 1],
    groups,
    shape: [outputs / groups, inputs, kh, kw],
  }
}

/** Outputs and inputs exchanged, taps in reverse order: the kernel of the gradient. */
export function transposed(kernel: Kernel): Kernel {
  const [outputs, inputs, kh, kw] = kernel.shape
  const [o, i, y, x] = kernel.steps
  return {
    ...kernel,
    start: kernel.start + (kh - 1) * y + (kw - 1) * x,
    steps: [i, o, -y, -x],
    shape: [inputs, outputs, kh, kw],
  }
}

/** Those of `count` outputs of the one group from `first`. */
export const someOutputs = (kernel: Kernel, first: number, count: number): Kernel => ({
  ...kernel,
  start: kernel.start + first * kernel.steps[0],
  shape: [count, kernel.shape[1], kernel.shape[2], kernel.shape[3]],
})

/** Every `step`-th tap from `first`, `taps` of them, along rows and columns. */
export function everyTap(
  kernel: Kernel,
  first: readonly number[],
  taps: readonly number[],
  step: readonly number[],
): Kernel {
  const [o, i, y, x] = kernel.steps
  return {
    ...kernel,
    start: kernel.start + first[0] * y + first[1] * x,
    steps: [o, i, y * step[0], x * step[1]],
    shape: [kernel.shape[0], kernel.shape[1], taps[0], taps[1]],
  }
}
