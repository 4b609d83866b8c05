import { ShapeError } from '../../../errors.ts'
import { expandLike, reshape, transpose } from '../../../ops/shape.ts'
import { concat } from '../../../ops/slice.ts'
import { broadcast, type Shape, show, size } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import { axesOf, axisOf, demandNoBatch } from '../axes.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { move } from '../movement.ts'
import { reshapeTo, shapeOf, zerosCopied } from '../reshape.ts'
import { isTensor, lengths, numbers, type Value } from '../value.ts'

const shapeOfValue = (value: Value): Shape => (isTensor(value) ? value.shape : value.dims)

const moved =
  (f: (x: Tensor, call: Call) => Tensor): Operator =>
  call => {
    const x = call.value(0)
    const nothing = !isTensor(x) && x.data.length === 0
    return nothing ? x : move(call, [x], ([t]) => [f(t, call)])
  }

const reshaped = moved((x, call) => {
  const wanted = call.opset < 5 ? numbers(call.ints('shape')) : call.numbers(1)
  if (wanted.dims.length !== 1) throw new ShapeError('The shape it wants is no list.')
  return reshapeTo(x, call.int('allowzero', 0) ? wanted : zerosCopied(wanted, x.shape), call.setting)
})

/** The axes before and from `axis` on as one each. What a file of one picture puts into one row stays one row a picture. */
const flatten = moved((x, call) => {
  const rank = x.shape.length
  const axis = call.int('axis', 1)
  const at = axis === rank ? rank : axisOf(axis, rank)
  const halves = (shape: Shape): Shape => [size(shape.slice(0, at)), size(shape.slice(at))]
  if (x.shape.findIndex(d => d < 0) < at) return reshape(x, halves(x.shape))
  return reshapeTo(x, numbers(halves(x.shape.map(d => (d < 0 ? -d * call.setting.batch : d)))), call.setting)
})

const squeeze = moved((x, call) => {
  const said = call.moved('axes', 1, 13)
  const axes = said ? axesOf(said, x.shape.length) : [...x.shape.keys()].filter(i => x.shape[i] === 1)
  if (axes.some(axis => x.shape[axis] !== 1))
    throw new ShapeError(`The axes [${axes}] of [${show(x.shape)}] are not all of length 1.`)
  return reshape(
    x,
    x.shape.filter((_, i) => !axes.includes(i)),
  )
})

const unsqueeze = moved((x, call) => {
  const said = call.moved('axes', 1, 13) ?? []
  const rank = x.shape.length + said.length
  const axes = axesOf(said, rank)
  const rest = [...x.shape]
  return reshape(
    x,
    Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : rest.shift()!)),
  )
})

const transposed = moved((x, call) => {
  const perm = call.ints(
    'perm',
    x.shape.map((_, i) => x.shape.length - 1 - i),
  )
  // Two in a row are one, or none: files made from NHWC are full of them.
  if (x.op.name !== 'transpose' || perm.length !== x.shape.length) return transpose(x, perm)
  const first = x.attrs.perm as readonly number[]
  return transpose(
    x.inputs[0],
    perm.map(p => first[p]),
  )
})

const expanded = moved((x, call) => {
  const target = broadcast(x.shape, shapeOf(call.numbers(1)))
  call.setting.budget.activation(target)
  return expandLike(x, call.setting.pictures, target)
})

const tiled = moved((x, call) => {
  const repeats = call.whole(1)
  if (repeats.length !== x.shape.length || repeats.some(r => r < 1 || r > 4096))
    throw new ShapeError(`[${repeats}] does not say how often [${show(x.shape)}] is repeated.`)
  const axes = [...repeats.keys()].filter(axis => repeats[axis] > 1)
  demandNoBatch(x.shape, axes, 'repeats')
  call.setting.budget.activation(x.shape.map((d, i) => d * repeats[i]))
  return axes.reduce((y, axis) => concat(new Array<Tensor>(repeats[axis]).fill(y), axis), x)
})

/** The lengths of the axes from `start` to `end`. */
const shape: Operator = call => {
  const own = shapeOfValue(call.value(0))
  return lengths(own.slice(call.int('start', 0), call.int('end', own.length)))
}

const elements: Operator = call => {
  const count = lengths([size(shapeOfValue(call.value(0)))])
  return { ...count, dims: [] }
}

export const SHAPES: Operators = {
  Reshape: reshaped,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transposed,
  Expand: expanded,
  Tile: tiled,
  Shape: shape,
  Size: elements,
}
