import { AdvxError, expected, ShapeError } from '../../../errors.ts'
import { where } from '../../../ops/elementwise.ts'
import { expand, reverse } from '../../../ops/shape.ts'
import { concat, pad } from '../../../ops/slice.ts'
import { show, size } from '../../../shape.ts'
import { constant, type Tensor } from '../../../tensor.ts'
import { axisOf, demandNoBatch } from '../axes.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { along } from './slicing.ts'

interface Pads {
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/** Pads: all starts, then all ends; of the axes that an input names from opset 18 on. */
function padsOf(call: Call, x: Tensor): Pads {
  const rank = x.shape.length
  const said = call.moved('pads', 1, 11)
  if (!said) throw new AdvxError('model', 'It says no pads.')
  const axes = (call.opset >= 18 && call.has(3) ? call.whole(3) : [...x.shape.keys()]).map(a => axisOf(a, rank))
  if (said.length !== 2 * axes.length)
    throw expected('model', `${2 * axes.length} numbers`, 'its pads', `${said.length}`)
  const spread = (values: readonly number[]): number[] => x.shape.map((_, i) => values[axes.indexOf(i)] ?? 0)
  const pads = { before: spread(said.slice(0, axes.length)), after: spread(said.slice(axes.length)) }
  const touched = [...x.shape.keys()].filter(i => pads.before[i] !== 0 || pads.after[i] !== 0)
  demandNoBatch(x.shape, touched, 'pads')
  return pads
}

/** Negative pads cut; what they leave is padded. */
function cut(x: Tensor, { before, after }: Pads): Tensor {
  return x.shape.reduce((y, length, axis) => {
    const [first, last] = [Math.max(0, -before[axis]), Math.max(0, -after[axis])]
    if (first === 0 && last === 0) return y
    if (first + last >= length) throw new ShapeError(`Its pads leave nothing of axis ${axis} of [${show(x.shape)}].`)
    return along(y, axis, first, length - first - last)
  }, x)
}

/** The value around x. Zeros are placed; another value is added where x does not lie. */
function withValue(x: Tensor, { before, after }: Pads, value: number): Tensor {
  const placed = pad(x, before, after)
  if (value === 0) return placed
  const own = x.shape.map((d, i) => (before[i] + after[i] > 0 ? d : 1))
  const ones = constant(new Float32Array(size(own)).fill(1), own)
  return placed.add(where(pad(ones, before, after), 0, value))
}

/** The elements beyond an edge, `count` of them, from what lies inside it. */
const BEYOND: Readonly<Record<string, (x: Tensor, axis: number, count: number, front: boolean) => Tensor>> = {
  // c b | a b c d | c b: without the edge itself
  reflect: (x, axis, count, front) => reverse(along(x, axis, front ? 1 : x.shape[axis] - 1 - count, count), [axis]),
  // a a | a b c d | d d
  edge: (x, axis, count, front) => expand(along(x, axis, front ? 0 : x.shape[axis] - 1, 1), x.shape.with(axis, count)),
  // c d | a b c d | a b
  wrap: (x, axis, count, front) => along(x, axis, front ? x.shape[axis] - count : 0, count),
}

const padded: Operator = call => {
  const x = call.tensor(0)
  const pads = padsOf(call, x)
  const positive = { before: pads.before.map(p => Math.max(0, p)), after: pads.after.map(p => Math.max(0, p)) }
  const grown = x.shape.map((d, i) => (d < 0 ? d : d + positive.before[i] + positive.after[i]))
  call.setting.budget.activation(grown)
  const inner = cut(x, pads)
  const mode = call.text('mode', 'constant')
  if (mode === 'constant') {
    const value = call.opset < 11 ? call.float('value', 0) : call.has(2) ? call.scalar(2) : 0
    return withValue(inner, positive, value)
  }
  const beyond = Object.hasOwn(BEYOND, mode) ? BEYOND[mode] : undefined
  if (!beyond) throw new AdvxError('model', `Its mode '${mode}' is no way of padding.`)
  return inner.shape.reduce((y, length, axis) => {
    const [front, back] = [positive.before[axis], positive.after[axis]]
    if (mode !== 'edge' && Math.max(front, back) >= length + Number(mode === 'wrap') && Math.max(front, back) > 0)
      throw new ShapeError(`Pads of ${Math.max(front, back)} do not fit axis ${axis} of [${show(inner.shape)}].`)
    const parts = [front > 0 && beyond(y, axis, front, true), y, back > 0 && beyond(y, axis, back, false)]
    return concat(
      parts.filter(part => part !== false),
      axis,
    )
  }, inner)
}

export const PADDINGS: Operators = { Pad: padded }
