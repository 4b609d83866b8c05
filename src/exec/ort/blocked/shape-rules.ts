import { expand, reshape } from '../../../ops/shape.ts'
import { concat as concatOp, place as placeOp } from '../../../ops/slice.ts'
import type { Shape } from '../../../shape.ts'
import { blocks, fromPlanes, planes, view } from './blocks.ts'
import { joined } from './channels.ts'
import type { Rule } from './rule.ts'

export const concat: Rule = ({ inputs, attrs, shape }, layout) => {
  if (shape.length !== 4 || attrs.axis !== 1 || !inputs.some(t => layout.known(t))) return null
  const parts = inputs.map(t => layout.blocks(t))
  const fill = Float64Array.from(parts.flatMap(p => [...p.fill]))
  return blocks(
    concatOp(
      parts.map(p => p.tensor),
      1,
    ),
    joined(parts.map(p => p.channels)),
    fill,
  )
}

/** Zeros around and between pixels. */
export const place: Rule = ({ inputs: [x], shape, attrs }, layout) => {
  const { size } = layout
  const source = layout.known(x)
  if (!source || shape.length !== 4 || shape[1] !== x.shape[1] || source.fill.some(v => v !== 0)) return null
  const [starts, steps] = [attrs.starts, attrs.steps] as Shape[]
  const whole = planes(source.tensor, size)
  const spread = placeOp(
    whole,
    [whole.shape[0], ...shape.slice(2), size],
    [0, starts[2], starts[3], 0],
    [1, steps[2], steps[3], 1],
  )
  return blocks(fromPlanes(spread, source.channels.length, size), source.channels)
}

/** One number a channel, all over the picture. */
export const repeat: Rule = ({ inputs: [x], shape }, layout) => {
  const { size } = layout
  const source = layout.known(x)
  if (!source || shape.length !== 4 || x.shape.length !== 4 || x.shape[1] !== shape[1] || x.shape[0] !== shape[0])
    return null
  if (x.shape[2] * x.shape[3] !== 1) return null
  const [n, p] = source.tensor.shape
  const whole = [n, p, shape[2], shape[3]]
  return blocks(
    reshape(expand(reshape(source.tensor, view(source.tensor, size)), view({ shape: whole }, size)), whole),
    source.channels,
    source.fill,
  )
}
