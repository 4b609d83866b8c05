import { AdvxError, ShapeError } from '../../../errors.ts'
import { greater } from '../../../ops/elementwise.ts'
import { truncate } from '../../../ops/rounding.ts'
import { expand } from '../../../ops/shape.ts'
import { size } from '../../../shape.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { shapeOf } from '../reshape.ts'
import { asNumbers, asTensor, isTensor, type Kind, numbers, plain, type Value } from '../value.ts'

/** A value as often as a shape says, 0 where none is given. */
const constantOfShape: Operator = call => {
  const wanted = call.numbers(0)
  const value = call.node.attributes.has('value') ? call.constant() : asTensor(numbers([0], [], 'float'))
  const one = asNumbers(value)
  if (one?.data.length !== 1) throw new ShapeError('Its value is not one number.')
  if (wanted.data.includes(0) && !wanted.batch?.some(k => k !== 0))
    return numbers([], Array.from(wanted.data), one.kind)
  const shape = shapeOf(wanted)
  if (shape.some(d => d <= 0)) throw new ShapeError('It makes a tensor of unknown shape.')
  call.setting.budget.constant(shape)
  if (isTensor(value)) return expand(asTensor(numbers(one.data, [])), shape)
  call.setting.budget.numbers(size(shape))
  return numbers(new Float64Array(size(shape)).fill(one.data[0]), shape, one.kind)
}

/** start, start + delta, … up to limit. */
const range: Operator = call => {
  const [start, limit, delta] = [0, 1, 2].map(i => call.scalar(i))
  const count = Math.max(0, Math.ceil((limit - start) / delta))
  if (!Number.isSafeInteger(count)) throw new ShapeError(`From ${start} to ${limit} by ${delta} never ends.`)
  call.setting.budget.numbers(count)
  const values = Float64Array.from({ length: count }, (_, i) => start + i * delta)
  const float = isTensor(call.value(0))
  return float && count > 0 ? asTensor(numbers(values)) : numbers(values, [count], float ? 'float' : 'int')
}

/** TensorProto.DataType by what it is here: double, half and bfloat16 are float32. */
const KINDS: Readonly<Record<number, Kind>> = {
  1: 'float',
  10: 'float',
  11: 'float',
  16: 'float',
  9: 'bool',
  2: 'int',
  3: 'int',
  4: 'int',
  5: 'int',
  6: 'int',
  7: 'int',
  12: 'int',
  13: 'int',
}

const cast: Operator = call => {
  const kind = KINDS[call.int('to')]
  if (!kind) throw new AdvxError('model', `It casts to the type ${call.int('to')}, which is not known.`)
  return castTo(call.value(0), kind)
}

const castLike: Operator = call => {
  const like = call.value(1)
  return castTo(call.value(0), isTensor(like) ? 'float' : like.kind)
}

function castTo(value: Value, kind: Kind): Value {
  if (isTensor(value)) {
    if (kind === 'float') return value
    const known = asNumbers(value)
    if (known) return castTo(known, kind)
    if (kind === 'bool') return greater(value.mul(value), 0)
    return truncate(value)
  }
  if (kind === 'bool') return { ...numbers(plain(value), value.dims, kind), data: value.data.map(v => Number(v !== 0)) }
  return { ...value, kind, data: kind === 'int' ? value.data.map(Math.trunc) : value.data }
}

/** At inference nothing is dropped. Its second output, the mask, is not known. */
const dropout: Operator = call => {
  if (call.opset >= 12 && call.has(2) && call.scalar(2) !== 0)
    throw new ShapeError('It drops values at random: export the model in evaluation mode.')
  return call.value(0)
}

/** (x − zero point) · scale, for weights. */
const dequantised: Operator = (call: Call) => {
  const x = call.value(0)
  if (isTensor(x)) throw new ShapeError('It works on values of the picture; only weights may be quantised.')
  const axis = (t: Value): Value => {
    const dims = isTensor(t) ? t.shape : t.dims
    if (dims.length !== 1 || x.dims.length < 2 || dims[0] === 1) return t
    const at = call.int('axis', 1)
    const shape = x.dims.map((_, i) => (i === (at < 0 ? at + x.dims.length : at) ? dims[0] : 1))
    return isTensor(t) ? asTensor(numbers(asNumbers(t)?.data ?? [], shape)) : { ...t, dims: shape }
  }
  if (call.int('block_size', 0) !== 0) throw new ShapeError('Weights that are quantised in blocks are not known.')
  const scale = asTensor(axis(call.value(1)))
  const values = asTensor(x)
  return (call.has(2) ? values.sub(asTensor(axis(call.value(2)))) : values).mul(scale)
}

export const SOURCES: Operators = {
  Constant: call => call.constant(),
  ConstantOfShape: constantOfShape,
  Range: range,
  Cast: cast,
  CastLike: castLike,
  Identity: call => call.value(0),
  Dropout: dropout,
  DequantizeLinear: dequantised,
}
