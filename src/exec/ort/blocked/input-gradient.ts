import type { Convolution } from '../../../ops/conv.ts'
import { slice, place as spread } from '../../../ops/slice.ts'
import { depthToSpace } from '../../../ops/space.ts'
import type { Tensor } from '../../../tensor.ts'
import { type Blocks, blocks, fromBlocks, fromPlanes, planes } from './blocks.ts'
import { inOrder } from './channels.ts'
import { drafted } from './draft.ts'
import type { Joined } from './joining.ts'
import { everyTap, type FixedKernel, type Kernel } from './kernel.ts'
import { woven } from './weave.ts'

/**
 * The cotangent of a convolution's input of `spatial` from that of its output, by its transposed kernel. Stride 1: one
 * convolution. Stride s: each phase of the input (every s-th row and column) meets its own taps, exactly, in a
 * convolution of the small map. Null where pads leave nothing of `g` in reach.
 */
export function inputGradient(
  g: Blocks,
  kernel: Kernel,
  spatial: readonly number[],
  attrs: Convolution,
  joined: Joined,
  size: number,
): Blocks | null {
  const { strides, dilations, pads } = attrs
  const taps = kernel.shape.slice(2)
  if (strides.every(s => s === 1))
    return padded(
      g,
      kernel,
      taps.map((k, axis) => dilations[axis] * (k - 1) - pads[axis]),
      spatial,
      dilations,
      joined,
      size,
    )
  if (dilations.some(d => d > 1)) {
    const loose = withZeros(g, strides, size)
    return inputGradient(loose, kernel, spatial, { ...attrs, strides: [1, 1] }, joined, size)
  }
  const small = spatial.map((d, axis) => Math.ceil(d / strides[axis]))
  const parts = Array.from({ length: strides[0] }, (_, a) =>
    Array.from({ length: strides[1] }, (_, b) => {
      const [row, column] = [phase(a, 0, taps, attrs), phase(b, 1, taps, attrs)]
      if (row.taps === 0 || column.taps === 0) return null
      const own = tapsOf(kernel, [row, column], strides)
      return padded(g, own, [row.before, column.before], small, [1, 1], joined, size)?.tensor ?? null
    }),
  )
  const whole = woven(parts, spatial, size)
  return whole && blocks(whole, joined.to)
}

/**
 * The same for a picture of fewer channels than a block, plain: all phases in one convolution, a channel each, as most
 * of a block would be empty otherwise.
 */
export function pictureGradient(
  g: Blocks,
  kernel: FixedKernel,
  [height, width]: readonly number[],
  attrs: Convolution,
  size: number,
): Tensor | null {
  const s = attrs.strides[0]
  const [channels, inputs, ...taps] = kernel.shape
  const phases = [0, 1].map(axis => Array.from({ length: s }, (_, a) => phase(a, axis, taps, attrs)))
  const reached = phases.map(list => list.filter(p => p.taps > 0))
  const before = reached.map(list => Math.max(...list.map(p => p.before)))
  const lengths = reached.map((list, axis) => Math.max(...list.map(p => p.taps - p.before)) + before[axis])
  const [rows, columns] = lengths
  const data = new Float32Array(s * s * channels * inputs * rows * columns)
  for (const [a, row] of phases[0].entries())
    for (const [b, column] of phases[1].entries())
      for (let c = 0; c < channels; c++)
        for (let i = 0; i < inputs; i++) {
          const { start, steps } = tapsOf(kernel, [row, column], [s, s])
          const at = (((a * s + b) * channels + c) * inputs + i) * rows * columns
          for (let y = 0; y < row.taps; y++)
            for (let x = 0; x < column.taps; x++)
              data[at + (y + before[0] - row.before) * columns + (x + before[1] - column.before)] =
                kernel.data[start + c * steps[0] + i * steps[1] + y * steps[2] + x * steps[3]]
        }
  const all: FixedKernel = {
    data,
    start: 0,
    group: 0,
    groups: 1,
    steps: [inputs * rows * columns, rows * columns, columns, 1],
    shape: [s * s * channels, inputs, rows, columns],
  }
  const small = [Math.ceil(height / s), Math.ceil(width / s)]
  const joined: Joined = { joining: { kind: 'dense', groups: 1 }, to: inOrder(s * s * channels, size) }
  const whole = padded(g, all, before, small, [1, 1], joined, size)
  if (!whole) return null
  const picture = depthToSpace(fromBlocks(whole, size), s)
  return slice(picture, [0, 0, 0, 0], [picture.shape[0], channels, height, width])
}

interface Phase {
  /** The first of its taps, and how many there are. */
  readonly first: number
  readonly taps: number
  /** How far they look back. */
  readonly before: number
}

/** The taps that reach the input's indices s·q + a along an axis. */
function phase(a: number, axis: number, taps: readonly number[], { strides, pads }: Convolution): Phase {
  const [s, pad] = [strides[axis], pads[axis]]
  const first = (a + pad) % s
  const count = Math.max(0, Math.ceil((taps[axis] - first) / s))
  return { first, taps: count, before: count - 1 - (a + pad - first) / s }
}

/** Of a transposed kernel, whose taps are in reverse order already. */
function tapsOf<K extends Kernel>(kernel: K, phases: readonly Phase[], strides: readonly number[]): K {
  const last = phases.map(({ first, taps }, axis) => kernel.shape[2 + axis] - 1 - first - strides[axis] * (taps - 1))
  return everyTap(
    kernel,
    last,
    phases.map(p => p.taps),
    strides,
  )
}

/** A convolution of stride 1 with `before` zeros (or, negative, fewer rows) in front and what `spatial` needs behind. */
function padded(
  g: Blocks,
  kernel: Kernel,
  before: readonly number[],
  spatial: readonly number[],
  dilations: Convolution['dilations'],
  { joining, to }: Joined,
  size: number,
): Blocks | null {
  const own = g.tensor.shape.slice(2)
  const after = own.map((d, axis) => spatial[axis] - d - before[axis] + dilations[axis] * (kernel.shape[2 + axis] - 1))
  const front = before.map(p => Math.max(0, -p))
  const kept = own.map((d, axis) => d - front[axis] - Math.max(0, -after[axis]))
  if (kept.some(d => d <= 0)) return null
  const [top, left, bottom, right] = [...before, ...after].map(p => Math.max(0, p))
  return drafted(
    {
      x: cropped(g.tensor, front, kept, size),
      from: g.channels,
      kernel,
      bias: null,
      joining,
      to,
      sum: null,
      activation: null,
      strides: [1, 1],
      dilations,
      pads: [top, left, bottom, right],
    },
    size,
  )
}

/** A cut-out of a blocked tensor: `spatial` pixels from `start`. */
export function cropped(t: Tensor, start: readonly number[], spatial: readonly number[], size: number): Tensor {
  const [, p, h, w] = t.shape
  if (spatial[0] === h && spatial[1] === w) return t
  const whole = planes(t, size)
  return fromPlanes(slice(whole, [0, ...start, 0], [whole.shape[0], ...spatial, size]), p, size)
}

/** Zeros between the pixels, so that a strided convolution becomes one of stride 1. */
function withZeros(g: Blocks, [sh, sw]: readonly number[], size: number): Blocks {
  const [, p, h, w] = g.tensor.shape
  const whole = planes(g.tensor, size)
  const shape = [whole.shape[0], (h - 1) * sh + 1, (w - 1) * sw + 1, size]
  return blocks(fromPlanes(spread(whole, shape, [0, 0, 0, 0], [1, sh, sw, 1]), p, size), g.channels, g.fill)
}
