import { AdvxError, expected, ShapeError } from '../../errors.ts'
import { type Shape, show } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import { axesOf, axisOf } from './axes.ts'
import type { Call } from './call.ts'
import type { Numbers } from './value.ts'

/** How one axis of a picture is resized. */
export interface Scaling {
  readonly length: number
  readonly resized: number
  /** New lengths by old ones, as the file says it: not exactly `resized / length`. */
  readonly scale: number
}

/** The axes that change, and how. */
export type Scalings = ReadonlyMap<number, Scaling>

const LONGEST = 1 << 16

/** By factors: an attribute before opset 9, an input from then on. Null where the file says lengths instead. */
function factors(call: Call): number[] | null {
  const given = call.node.attributes.get('scales')
  if (given?.kind === 'floats') return [...given.value]
  const at = call.opset < 11 ? 1 : 2
  const { data } = call.has(at) ? call.numbers(at) : { data: [] }
  return data.length > 0 ? Array.from(data) : null
}

/** What the file says of each of its axes, by the axis. */
export function scalingsOf(call: Call, { shape }: Tensor): Scalings {
  const axes = call.node.attributes.has('axes') ? call.ints('axes') : [...shape.keys()]
  axesOf(axes, shape.length)
  const order = axes.map(axis => axisOf(axis, shape.length))
  const scales = factors(call)
  const all = scales ? byFactors(scales, order, shape) : byLengths(call, call.numbers(3), order, shape)
  for (const [axis, { length, resized, scale }] of all) {
    if (length < 0 && resized !== length)
      throw new ShapeError(`It resizes the batch of [${show(shape)}], so that pictures would depend on each other.`)
    if (!(scale > 0 && Math.abs(resized) >= 1 && Math.abs(resized) <= LONGEST))
      throw expected('model', `lengths from 1 to ${LONGEST}`, `axis ${axis} of [${show(shape)}]`, resized)
  }
  return new Map(all.filter(([, { length, resized, scale }]) => length !== resized || scale !== 1))
}

type Entry = readonly [axis: number, scaling: Scaling]

function byFactors(scales: readonly number[], order: readonly number[], shape: Shape): Entry[] {
  demandAsMany(scales.length, order, 'factors')
  return order.map((axis, i) => {
    const [length, scale] = [shape[axis], scales[i]]
    const resized = length < 0 && scale === 1 ? length : Math.floor(Math.fround(scale * length))
    return [axis, { length, resized, scale }]
  })
}

/** Where proportions are kept, all factors are the smallest, or the largest, of those that the lengths would have. */
function byLengths(call: Call, sizes: Numbers, order: readonly number[], shape: Shape): Entry[] {
  demandAsMany(sizes.data.length, order, 'lengths')
  const policy = call.text('keep_aspect_ratio_policy', 'stretch')
  const wanted = order.map((axis, i) => {
    const length = shape[axis]
    const whole = length < 0 && sizes.data[i] - (sizes.batch?.[i] ?? 0) * length === -length * call.setting.batch
    return [axis, length, whole ? length : sizes.data[i]] as const
  })
  const scales = wanted.map(([, length, resized]) => Math.fround(resized / length))
  if (policy === 'stretch')
    return wanted.map(([axis, length, resized], i) => [axis, { length, resized, scale: scales[i] }])
  if (policy !== 'not_larger' && policy !== 'not_smaller')
    throw new AdvxError('model', `Its attribute 'keep_aspect_ratio_policy' is '${policy}', which is not known.`)
  const scale = (policy === 'not_larger' ? Math.min : Math.max)(...scales)
  return wanted.map(([axis, length]) => [axis, { length, resized: Math.round(Math.fround(scale * length)), scale }])
}

function demandAsMany(count: number, axes: readonly number[], what: string): void {
  if (count !== axes.length) throw expected('model', `${axes.length} numbers`, `its ${what}`, count)
}
