import type { Channels } from './channels.ts'
import type { Kernel } from './kernel.ts'

/** How a blocked convolution joins its channels. */
export type Joining =
  /** Each group of blocks to each group of blocks; `groups` of the operator, not of the network. */
  | { readonly kind: 'dense'; readonly groups: number }
  /** Each channel to itself. */
  | { readonly kind: 'depthwise' }
  /** Fewer channels than a block, not blocked, to all. */
  | { readonly kind: 'direct' }

/** The dimensions and numbers of a weight as the runtime wants them: the dimensions are as usual, the order is not. */
export interface BlockedWeights {
  readonly shape: readonly [number, number, number, number]
  readonly data: Float32Array
}

/**
 * Place of w[o, i, y, x] among the weights of a blocked convolution; i counts within the operator's group.
 *
 *     dense               [O / B][I / B][kh][kw][B of I][B of O]
 *     direct, depthwise   [O / B][I][kh][kw][B of O]
 */
export function place(
  kind: Joining['kind'],
  block: number,
  [, inputs, kh, kw]: readonly number[],
  o: number,
  i: number,
  y: number,
  x: number,
): number {
  const [row, lane] = [Math.floor(o / block), o % block]
  if (kind !== 'dense') return (((row * inputs + i) * kh + y) * kw + x) * block + lane
  const [column, within] = [Math.floor(i / block), i % block]
  return ((((row * (inputs / block) + column) * kh + y) * kw + x) * block + within) * block + lane
}

/** Weights in the order of a runtime with blocks of `block`; zeros join channels of different groups and what fills. */
export function blockWeights(
  kernel: Kernel,
  joining: Joining,
  to: Channels,
  from: Channels,
  block: number,
  /** What the weights of each output of the network are multiplied with. */
  scale: Float32Array | null = null,
): BlockedWeights {
  const { data, start, group, steps, shape } = kernel
  const [outputs, inputs, kh, kw] = shape
  const parts = joining.kind === 'dense' ? joining.groups : 1
  const perPart = joining.kind === 'depthwise' ? 1 : from.length / parts
  const out = new Float32Array(to.length * perPart * kh * kw)
  // Where each output begins in the source, and how far each input lies behind; their groups.
  const rows = Int32Array.from(to, o => start + Math.floor(o / outputs) * group + (o % outputs) * steps[0])
  const columns = Int32Array.from(from, i => (i % inputs) * steps[1])
  const [outputGroups, inputGroups] = [to, from].map((list, k) =>
    Int32Array.from(list, c => (c < 0 ? -1 - k : Math.floor(c / [outputs, inputs][k]))),
  )
  const factors = Float32Array.from(to, o => (o < 0 ? 0 : (scale?.[o] ?? 1)))
  const source = { data, rows, groups: outputGroups, factors }
  const depthwise = joining.kind === 'depthwise'
  const lanes = joining.kind === 'dense' ? block : 1
  let at = 0
  for (let row = 0; row < to.length; row += block) {
    const first = depthwise ? row : Math.floor(row / (to.length / parts)) * perPart
    for (let i = 0; i < perPart; i += lanes)
      for (let y = 0; y < kh; y++)
        for (let x = 0; x < kw; x++) {
          const tap = y * steps[2] + x * steps[3]
          for (let k = first + i; k < first + i + lanes; k++, at += block)
            if (depthwise)
              for (let p = 0; p < block; p++)
                take(out, at + p, source, row + p, 1, columns[row + p] + tap, inputGroups[row + p])
            else take(out, at, source, row, block, columns[k] + tap, inputGroups[k])
        }
  }
  return { shape: [to.length, perPart, kh, kw], data: out }
}

interface Source {
  readonly data: Float32Array
  readonly rows: Int32Array
  readonly groups: Int32Array
  readonly factors: Float32Array
}

/** `count` outputs from `first` on of one input and tap, into their places from `at` on; other groups' stay zero. */
function take(
  out: Float32Array,
  at: number,
  { data, rows, groups, factors }: Source,
  first: number,
  count: number,
  offset: number,
  group: number,
): void {
  for (let p = 0; p < count; p++)
    if (groups[first + p] === group) out[at + p] = data[rows[first + p] + offset] * factors[first + p]
}
