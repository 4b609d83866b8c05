import type { Pooling } from '../../../ops/pool.ts'
import { constant, type Tensor } from '../../../tensor.ts'
import { fromPlanes, planes } from './blocks.ts'
import { type Activation, blockedConv } from './conv-op.ts'
import { blockedPool } from './pool-op.ts'
import { woven } from './weave.ts'
import { place } from './weights.ts'

// The largest value of a window is the largest of its rows' largest: a max pooling is one along rows and one along
// columns, and so is its gradient. The first maximum, in rows, is the first in the first such row.

/** The largest value in each row of each window. */
export const rowMaxima = (x: Tensor, { kernel, strides, pads }: Pooling, size: number): Tensor =>
  kernel[1] === 1 && strides[1] === 1 && pads[1] + pads[3] === 0
    ? x
    : blockedPool('MaxPool', x, size, {
        kernel: [1, kernel[1]],
        strides: [1, strides[1]],
        pads: [0, pads[1], 0, pads[3]],
        dilations: [1, 1],
      })

/** The largest value of each window, from those of its rows. */
export const columnMaxima = (r: Tensor, { kernel, strides, pads }: Pooling, size: number): Tensor =>
  blockedPool('MaxPool', r, size, {
    kernel: [kernel[0], 1],
    strides: [strides[0], 1],
    pads: [pads[0], 0, pads[2], 0],
    dilations: [1, 1],
  })

/**
 * The cotangent of a max pooling's input, blocked as `x`, its rows' maxima `r`, its output `y` and the cotangent `g`
 * are. `padsMayWin`: where a pad is taken for a maximum the gradient does not matter.
 */
export function maxPoolGradient(
  g: Tensor,
  x: Tensor,
  r: Tensor,
  y: Tensor,
  { kernel, strides, pads }: Pooling,
  padsMayWin: boolean,
  size: number,
): Tensor {
  const axis = (i: 0 | 1): Axis => ({ axis: i, kernel: kernel[i], stride: strides[i], pad: pads[i], padsMayWin, size })
  return alongAxis(alongAxis(g, r, y, axis(0)), x, r, axis(1))
}

interface Axis {
  readonly axis: 0 | 1
  readonly kernel: number
  readonly stride: number
  /** In front. */
  readonly pad: number
  readonly padsMayWin: boolean
  readonly size: number
}

/** 1 where above 0, else 0. */
const STEP: Activation = { kind: 'HardSigmoid', alpha: 3.4028234663852886e38, beta: 0 }

/** The cotangent of x from `g`, that of its windows' largest values `y`, by the place of each window's first maximum. */
function alongAxis(g: Tensor, x: Tensor, y: Tensor, at: Axis): Tensor {
  const { axis, kernel, stride, pad, size } = at
  if (kernel === 1 && stride === 1 && pad === 0) return g
  // What is left for the windows whose maximum has not come yet.
  const parts: Tensor[] = []
  let left = g
  for (let j = 0; j < kernel - 1; j++) {
    const later = left.mul(below(x, y, j, at))
    parts.push(left.sub(later))
    left = later
  }
  parts.push(left)
  const small = Math.ceil(x.shape[2 + axis] / stride)
  const phases = Array.from({ length: stride }, (_, phase) => {
    let total: Tensor | null = null
    for (const [j, part] of parts.entries()) {
      const from = j - pad - phase
      if (from % stride !== 0) continue
      total = moved(part, from / stride, small, total, axis, size)
    }
    return total
  })
  if (stride === 1) return phases[0]!
  return woven(axis === 0 ? phases.map(p => [p]) : [phases], x.shape.slice(2), size)!
}

/** 1 in each window whose j-th value is below its largest, where that is none of those before, else 0. */
function below(x: Tensor, y: Tensor, j: number, { axis, kernel, stride, pad, padsMayWin, size }: Axis): Tensor {
  const [length, count] = [x.shape[2 + axis], y.shape[2 + axis]]
  const last = (count - 1) * stride + kernel - pad
  if (j === kernel - 2 && j >= pad && (last <= length || padsMayWin)) {
    // Of the last two: a difference of neighbours, without the largest.
    const taps = Math.max(j - pad + 2, length - (count - 1) * stride - (stride - 1))
    const after = Math.max(0, (count - 1) * stride + taps - length)
    const values = { [j - pad]: -1, [j - pad + 1]: 1 }
    return shifted(x, { taps, values, before: 0, after, stride, axis, sum: null, activation: STEP, size })
  }
  const at = Math.max(0, j - pad)
  const before = Math.max(0, pad - j)
  // Zero taps behind, so that there are no more windows than `count`.
  const taps = Math.max(at + 1, length + before - (count - 1) * stride - (stride - 1))
  const after = Math.max(0, (count - 1) * stride + taps - length - before)
  const outside = Array.from({ length: count }, (_, q) => q * stride + j - pad).map(i => i < 0 || i >= length)
  const top = outside.some(Boolean) && !padsMayWin ? raised(y, outside, axis, size) : y
  return shifted(x, { taps, values: { [at]: -1 }, before, after, stride, axis, sum: top, activation: STEP, size })
}

/** y, out of every value's reach where the window's value is a pad. */
function raised(y: Tensor, outside: readonly boolean[], axis: number, size: number): Tensor {
  const far = Float32Array.from(outside, pad => (pad ? 1e30 : 0))
  const shape = axis === 0 ? [far.length, 1, 1] : [far.length, 1]
  return fromPlanes(planes(y, size).add(constant(far, shape)), y.shape[1], size)
}

/** `sum` and part[m − by] for m = 0, …, length − 1, zeros where there is none. */
function moved(part: Tensor, by: number, length: number, sum: Tensor | null, axis: 0 | 1, size: number): Tensor {
  const count = part.shape[2 + axis]
  if (by === 0 && count === length) return sum ? sum.add(part) : part
  const [before, at] = [Math.max(0, by), Math.max(0, -by)]
  const taps = Math.max(at + 1, count + before - length + 1)
  const after = length - count - before + taps - 1
  return shifted(part, { taps, values: { [at]: 1 }, before, after, stride: 1, axis, sum, activation: null, size })
}

interface Shift {
  /** A kernel of `taps` zeros but for `values` by their places. */
  readonly taps: number
  readonly values: Readonly<Record<number, number>>
  readonly before: number
  readonly after: number
  readonly stride: number
  readonly axis: 0 | 1
  readonly sum: Tensor | null
  readonly activation: Activation | null
  readonly size: number
}

/** A depthwise convolution along an axis, the same for all channels. */
function shifted(x: Tensor, { taps, values, before, after, stride, axis, sum, activation, size }: Shift): Tensor {
  const channels = x.shape[1]
  const shape = axis === 0 ? [channels, 1, taps, 1] : [channels, 1, 1, taps]
  const data = new Float32Array(channels * taps)
  for (const [at, value] of Object.entries(values))
    for (let c = 0; c < channels; c++) {
      const [row, column] = axis === 0 ? [Number(at), 0] : [0, Number(at)]
      data[place('depthwise', size, shape, c, 0, row, column)] = value
    }
  return blockedConv(x, constant(data, shape), null, sum, {
    strides: axis === 0 ? [stride, 1] : [1, stride],
    pads: axis === 0 ? [before, 0, after, 0] : [0, before, 0, after],
    dilations: [1, 1],
    joining: { kind: 'depthwise' },
    activation,
    size,
  })
}
