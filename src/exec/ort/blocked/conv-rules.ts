import type { Convolution } from '../../../ops/conv.ts'
import type { Attrs } from '../../../ops/op.ts'
import { equal } from '../../../shape.ts'
import { dataOf, isConstant } from '../../../tensor.ts'
import { inOrder, isInOrder } from './channels.ts'
import type { Activation } from './conv-op.ts'
import { directly, drafted, finished, reordered } from './draft.ts'
import { elementwise } from './elementwise.ts'
import { inputGradient, pictureGradient } from './input-gradient.ts'
import { join } from './joining.ts'
import { anyKernelOf, isLive, transposed } from './kernel.ts'
import { perChannel } from './per-channel.ts'
import type { Rule } from './rule.ts'
import { depthwiseWeightGradient, weightGradient } from './weight-gradient.ts'

const convolution = (attrs: Attrs): Convolution => attrs as unknown as Convolution

export const conv: Rule = ({ inputs: [x, w, bias], attrs }, layout) => {
  const { size } = layout
  const { group, pads, ...window } = convolution(attrs)
  const kernel = anyKernelOf(layout.plain(w), group)
  if (!kernel || pads.some(p => p < 0)) return null
  const direct = group === 1 && x.shape[1] < size && !layout.known(x)
  const source = direct ? directly(layout.plain(x), size) : null
  const from = source?.from ?? layout.blocks(x).channels
  const made = source
    ? { joining: source.joining, to: inOrder(w.shape[0], size) }
    : join(group, kernel.shape[0], kernel.shape[1], from, size)
  if (!made) return null
  if (!direct) layout.sources.set(w, from)
  return drafted(
    {
      x: source?.x ?? layout.blocks(x).tensor,
      from,
      kernel,
      bias: bias ? (isConstant(bias) ? dataOf(bias) : layout.plain(bias)) : null,
      ...made,
      sum: null,
      activation: null,
      strides: window.strides,
      dilations: window.dilations,
      pads,
    },
    size,
  )
}

export const convInput: Rule = ({ inputs: [g, w], shape, attrs }, layout) => {
  const { size } = layout
  const given = convolution(attrs)
  const forward = anyKernelOf(layout.plain(w), given.group)
  if (!forward || given.pads.some(p => p < 0)) return null
  const kernel = transposed(forward)
  const spatial = shape.slice(2)
  const { strides, dilations, group } = given
  const from = layout.blocks(g)
  const picture = group === 1 && shape[1] < size && strides[0] === strides[1] && strides[0] > 1
  if (picture && !isLive(kernel) && dilations.every(d => d === 1) && !layout.sources.has(w))
    return pictureGradient(from, kernel, spatial, given, size)
  const made = join(group, kernel.shape[0], kernel.shape[1], from.channels, size, layout.sources.get(w))
  return made && inputGradient(from, kernel, spatial, given, made, size)
}

/** The batch is known and its pictures fill blocks, or each channel is left to itself. */
export const convWeight: Rule = ({ inputs: [x, g], shape: [, , ...taps], attrs }, layout) => {
  const { size } = layout
  const window = convolution(attrs)
  const { group, dilations, pads } = window
  const outputs = g.shape[1]
  const [given, cotangent] = [layout.known(x), layout.known(g)]
  if (x.shape[0] < 0 || pads.some(p => p < 0) || g.shape[2] * g.shape[3] === 1) return null
  if (group > 1) {
    const apart = group === outputs && group === x.shape[1] && (given || cotangent)
    if (!apart) return null
    const b = cotangent ?? layout.blocks(g)
    const a = layout.inOrder(x, b.channels)
    return a && depthwiseWeightGradient(a, b, taps, window, size)
  }
  if (x.shape[0] % size !== 0 || dilations.some(d => d > 1)) return null
  const plain = x.shape[1] < size && !given
  if (plain ? !cotangent : !given && !cotangent) return null
  return weightGradient(plain ? layout.plain(x) : layout.blocks(x), layout.blocks(g), taps, window, size)
}

/** An activation becomes part of the convolution before it where nobody else wants that. */
export const activated =
  (activation: (attrs: Attrs) => Activation | null): Rule =>
  (node, layout) => {
    const [x] = node.inputs
    const draft = layout.single(x) ? layout.known(x)?.draft : undefined
    const kind = activation(node.attrs)
    return draft && !draft.activation && kind
      ? drafted({ ...draft, activation: kind }, layout.size)
      : elementwise(node, layout)
  }

export const clipped = ({ lo, hi }: Attrs): Activation | null =>
  Number.isFinite(lo) && Number.isFinite(hi) ? { kind: 'Clip', lo: lo as number, hi: hi as number } : null

/** A convolution adds what is there already to its own results. */
export const add: Rule = (node, layout) => {
  const [a, b] = node.inputs
  for (const [own, other] of [
    [b, a],
    [a, b],
  ]) {
    const draft = layout.single(own) ? layout.known(own)?.draft : undefined
    if (!draft || draft.sum || draft.activation || !equal(own.shape, node.shape) || !equal(other.shape, node.shape))
      continue
    if (isConstant(other)) continue
    const sum = layout.known(other) ?? (isInOrder(draft.to) ? layout.blocks(other) : null)
    const same = sum && reordered(draft, sum.channels)
    if (same) return drafted({ ...same, sum: layout.single(other) ? sum : finished(sum) }, layout.size)
  }
  return perChannel(node, layout) ?? elementwise(node, layout)
}

export const mul: Rule = (node, layout) => perChannel(node, layout) ?? elementwise(node, layout)
