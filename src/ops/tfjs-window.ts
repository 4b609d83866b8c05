import type { Window } from './conv.ts'
import type { TfjsKernels, TfjsTensor } from './op.ts'

/** A map [N, H, W, C] as a kernel takes it, and what the kernel shall do at its borders. */
export interface Framed {
  readonly x: TfjsTensor
  readonly pad: 'same' | 'valid'
  /** Rows above and columns left of the map in `x`. */
  readonly before: readonly [number, number]
}

/**
 * tfjs-node takes no pads by number: where they are those that TensorFlow calls 'same' the kernel adds them, else they
 * are added here, each of the given value.
 */
export function framed(
  tf: TfjsKernels,
  x: TfjsTensor,
  kernel: readonly number[],
  window: Window,
  value = 0,
  sameCounts = true,
): Framed {
  const [top, left, bottom, right] = window.pads
  if (window.pads.every(p => p === 0)) return { x, pad: 'valid', before: [0, 0] }
  if (sameCounts && isSame([x.shape[1], x.shape[2]], kernel, window)) return { x, pad: 'same', before: [0, 0] }
  const paddings = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
  return { x: tf.run('PadV2', { x }, { paddings, constantValue: value }), pad: 'valid', before: [top, left] }
}

/** Whether TensorFlow's 'same' means these pads: as many windows as strides, what lacks halved, the larger half behind. */
export function isSame(
  lengths: readonly number[],
  kernel: readonly number[],
  { strides, pads, dilations }: Window,
): boolean {
  return lengths.every((length, axis) => {
    const count = Math.ceil(length / strides[axis])
    const lacking = Math.max(0, (count - 1) * strides[axis] + dilations[axis] * (kernel[axis] - 1) + 1 - length)
    return pads[axis] === Math.floor(lacking / 2) && pads[axis + 2] === Math.ceil(lacking / 2)
  })
}

/** The part of a framed map that lies inside the frame, of the given shape. */
export const unframed = (
  tf: TfjsKernels,
  x: TfjsTensor,
  [top, left]: Framed['before'],
  size: readonly number[],
): TfjsTensor =>
  x.shape.every((d, i) => d === size[i]) ? x : tf.run('Slice', { x }, { begin: [0, top, left, 0], size })
