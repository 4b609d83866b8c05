// The cotangent of a max pooling in terms of other operators, as the ONNX executors run it.
import type { Shape } from '../shape.ts'
import { constant, type Tensor } from '../tensor.ts'
import { positive, sub } from './elementwise.ts'
import type { Pooling } from './pool.ts'
import { concat, place, slice } from './slice.ts'
import { depthToSpace } from './space.ts'

/** One place of the window. */
interface Tap {
  /** Its distance from the window's first row and column. */
  readonly at: readonly [number, number]
  /** 1 where it holds the window's first maximum, in rows, else 0; of the output's shape. */
  readonly first: Tensor
  /** What lies there in each window of a tensor of the input's shape; of the output's shape. */
  read(x: Tensor): Tensor
}

/** The value at the first maximum of each window of x, from a tensor of x's shape. */
export function pickMaxima(h: Tensor, x: Tensor, y: Tensor, attrs: Pooling): Tensor {
  const { list } = taps(x, y, attrs)
  return list.map(({ first, read }) => first.mul(read(h))).reduce((a, b) => a.add(b))
}

/** Each window's cotangent at its first maximum, and zeros: some elementwise passes a place, and no Indices output. */
export function scatterToMaxima(g: Tensor, x: Tensor, y: Tensor, attrs: Pooling): Tensor {
  const { list, frame, start } = taps(x, y, attrs)
  const [s, sw] = attrs.strides
  const parts = list.map(({ at, first }) => ({ at, value: g.mul(first) }))
  const total = (values: readonly Tensor[]): Tensor => values.reduce((a, b) => a.add(b))
  if (s !== sw) {
    const spread = parts.map(({ at, value }) => place(value, frame, [0, 0, ...at], [1, 1, s, sw]))
    return slice(total(spread), start, x.shape)
  }
  // Of each s·s phase of the input, the places that fall on it, moved by whole strides; then interleaved.
  const small = [frame[0], frame[1], Math.ceil(frame[2] / s), Math.ceil(frame[3] / s)]
  const phases = Array.from({ length: s * s }, (_, phase) => {
    const here = parts.filter(({ at }) => (at[0] % s) * s + (at[1] % s) === phase)
    const moved = here.map(({ at, value }) => place(value, small, [0, 0, ...at.map(i => Math.floor(i / s))]))
    return moved.length > 0 ? total(moved) : null
  })
  const zero = phases.find(p => p !== null)!.mul(0)
  const whole = concat(
    phases.map(p => p ?? zero),
    1,
  )
  return slice(s === 1 ? whole : depthToSpace(whole, s), start, x.shape)
}

/** The places of a window, row by row, in the input with its pads, as far as the windows really reach. */
function taps(x: Tensor, y: Tensor, attrs: Pooling): { list: Tap[]; frame: Shape; start: readonly number[] } {
  const { kernel, strides, dilations, pads } = attrs
  const [n, c, h, w] = x.shape
  const [, , oh, ow] = y.shape
  const reach = (axis: number, count: number): number =>
    (count - 1) * strides[axis] + dilations[axis] * (kernel[axis] - 1) + 1
  const frame = [n, c, Math.max(h + pads[0], reach(0, oh)), Math.max(w + pads[1], reach(1, ow))]
  const start = [0, 0, pads[0], pads[1]]
  const cut = (t: Tensor, at: readonly number[]): Tensor =>
    slice(t, [0, 0, ...at], [t.shape[0], t.shape[1], oh, ow], [1, 1, ...strides])
  // A pad is never the maximum, whatever stands in it.
  const padded = h !== frame[2] || w !== frame[3]
  const inside = place(constant(new Float32Array(h * w).fill(1), [1, 1, h, w]), [1, 1, frame[2], frame[3]], start)

  let free: Tensor | null = null // 1 where no earlier place was the maximum
  const list: Tap[] = []
  for (let ky = 0; ky < kernel[0]; ky++)
    for (let kx = 0; kx < kernel[1]; kx++) {
      const at = [ky * dilations[0], kx * dilations[1]] as const
      const read = (t: Tensor): Tensor => cut(place(t, frame, start), at)
      const lower = positive(y.sub(read(x)))
      const hit = sub(1, lower)
      const here = padded ? hit.mul(cut(inside, at)) : hit
      const first: Tensor = free ? here.mul(free) : here
      free = free ? free.sub(first) : sub(1, here)
      list.push({ at, first, read })
    }
  return { list, frame, start }
}
