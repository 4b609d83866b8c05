// The transposes of a convolution in terms of convolutions, as the ONNX executors run them.
import { size } from '../shape.ts'
import { constant, type Tensor } from '../tensor.ts'
import { type Convolution, conv, PLAIN } from './conv.ts'
import { reshape, reverse, transpose } from './shape.ts'
import { concat, place, slice } from './slice.ts'
import { depthToSpace } from './space.ts'

/**
 * The cotangent of the input. Stride 1: a convolution with the kernel rotated by 180° and its channel axes
 * swapped. Stride s: each of the s·s phases of the input (every s-th row and column) meets its own part of the
 * kernel, in a convolution of the small map; together they are interleaved. Else zeros are inserted first.
 */
export function convInputAs(g: Tensor, w: Tensor, spatial: readonly number[], attrs: Convolution): Tensor {
  const [sh, sw] = attrs.strides
  const undilated = attrs.dilations.every(d => d === 1)
  if (sh === 1 && sw === 1) return rotated(g, w, spatial, attrs)
  return sh === sw && undilated ? byPhases(g, w, spatial, attrs) : rotated(spread(g, attrs), w, spatial, attrs)
}

/** Stride 1: x̄[i] = Σₖ w[k] · ȳ[i + p − d·k]. */
function rotated(g: Tensor, w: Tensor, spatial: readonly number[], { pads, dilations, group }: Convolution): Tensor {
  const reach = [0, 1].map(axis => dilations[axis] * (w.shape[2 + axis] - 1))
  const before = reach.map((r, axis) => r - pads[axis])
  return padded(g, reverse(swapChannels(w, group), [2, 3]), before, spatial, { ...PLAIN, dilations, group })
}

/** Zeros between the elements, so that a strided convolution becomes one of stride 1. */
function spread(g: Tensor, { strides: [sh, sw] }: Convolution): Tensor {
  const [n, c, h, w] = g.shape
  return place(g, [n, c, (h - 1) * sh + 1, (w - 1) * sw + 1], [0, 0, 0, 0], [1, 1, sh, sw])
}

/** The taps that reach the input's indices s·q + a along one axis, and how far they look back. */
function phase(a: number, s: number, kernel: number, pad: number): { first: number; taps: number; before: number } {
  const first = (a + pad) % s
  const taps = Math.max(0, Math.ceil((kernel - first) / s))
  return { first, taps, before: taps - 1 - (a + pad - first) / s }
}

function byPhases(g: Tensor, w: Tensor, [height, width]: readonly number[], attrs: Convolution): Tensor {
  const { strides, pads, group } = attrs
  const s = strides[0]
  const small = [Math.ceil(height / s), Math.ceil(width / s)]
  const swapped = swapChannels(w, group)
  const [channels, perGroup] = swapped.shape
  const parts: (Tensor | null)[] = []
  for (let a = 0; a < s; a++)
    for (let b = 0; b < s; b++) {
      const [row, column] = [phase(a, s, w.shape[2], pads[0]), phase(b, s, w.shape[3], pads[1])]
      if (row.taps === 0 || column.taps === 0) {
        parts.push(null)
        continue
      }
      const lengths = [channels, perGroup, row.taps, column.taps]
      const kernel = reverse(slice(swapped, [0, 0, row.first, column.first], lengths, [1, 1, s, s]), [2, 3])
      parts.push(padded(g, kernel, [row.before, column.before], small, { ...PLAIN, group }))
    }
  const shape = [g.shape[0], channels, height, width]
  const only = parts.findIndex(p => p !== null)
  if (parts.filter(p => p !== null).length === 1) {
    const start = [Math.floor(only / s), only % s]
    const lengths = [height, width].map((d, i) => Math.ceil((d - start[i]) / s))
    if (lengths.some(d => d <= 0)) return zeros(g, channels, [height, width])
    const fitting = slice(parts[only]!, [0, 0, 0, 0], [g.shape[0], channels, ...lengths])
    return place(fitting, shape, [0, 0, ...start], [1, 1, s, s])
  }
  const zero = parts[only]!.mul(0)
  return slice(
    depthToSpace(
      concat(
        parts.map(p => p ?? zero),
        1,
      ),
      s,
    ),
    [0, 0, 0, 0],
    shape,
  )
}

/** A convolution of stride 1 with `before` zeros (or, negative, fewer rows) in front and whatever `spatial` needs behind. */
function padded(
  g: Tensor,
  w: Tensor,
  before: readonly number[],
  spatial: readonly number[],
  attrs: Convolution,
): Tensor {
  const reach = [0, 1].map(axis => attrs.dilations[axis] * (w.shape[2 + axis] - 1))
  const after = [0, 1].map(axis => spatial[axis] - g.shape[2 + axis] - before[axis] + reach[axis])
  const front = before.map(p => Math.max(0, -p))
  const kept = [0, 1].map(axis => g.shape[2 + axis] - front[axis] - Math.max(0, -after[axis]))
  const [n, c] = g.shape
  if (kept.some(d => d <= 0)) return zeros(g, w.shape[0], spatial)
  const cropped = slice(g, [0, 0, ...front], [n, c, ...kept])
  const [top, left, bottom, right] = [...before, ...after].map(p => Math.max(0, p))
  return conv(cropped, w, { ...attrs, pads: [top, left, bottom, right] })
}

/** Nothing of g is in reach: zeros, with g's batch. */
function zeros(g: Tensor, channels: number, [height, width]: readonly number[]): Tensor {
  return g.sum([1, 2, 3]).mul(constant(new Float32Array(channels * height * width), [1, channels, height, width]))
}

/** [O, I / group, kh, kw] → [I, O / group, kh, kw]. */
function swapChannels(w: Tensor, group: number): Tensor {
  const [outputs, perGroup, kh, kw] = w.shape
  const split = reshape(w, [group, outputs / group, perGroup, kh, kw])
  return reshape(transpose(split, [0, 2, 1, 3, 4]), [group * perGroup, outputs / group, kh, kw])
}

/**
 * The cotangent of the kernel, w̄[o, i, k] = Σₙ Σ_q ȳ[n, o, q] · x[n, i, s·q + d·k − p]: a convolution of x with ȳ
 * that sums over the batch, strides and dilations changing places.
 */
export function convWeightAs(x: Tensor, g: Tensor, [kh, kw]: readonly number[], attrs: Convolution): Tensor {
  const { group, strides, dilations, pads } = attrs
  const [n, inputs, h, w] = x.shape
  const perGroup = inputs / group
  const rows = transpose(reshape(x, [n, group, perGroup, h, w]), [2, 1, 0, 3, 4])
  const y = conv(reshape(rows, [perGroup, size([group, n]), h, w]), transpose(g, [1, 0, 2, 3]), {
    group,
    pads,
    strides: dilations,
    dilations: strides,
  })
  const all = transpose(y, [1, 0, 2, 3])
  return slice(all, [0, 0, 0, 0], [all.shape[0], perGroup, kh, kw])
}
