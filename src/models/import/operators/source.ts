import { AdvxError, ShapeError } from '../../../errors.ts'
import { elementName } from '../../../formats/onnx/element.ts'
import type { TensorType } from '../../../formats/onnx/schema.ts'
import { greater } from '../../../ops/elementwise.ts'
import { straightThrough } from '../../../ops/quantize.ts'
import { truncate } from '../../../ops/rounding.ts'
import { expand } from '../../../ops/shape.ts'
import { size, strides } from '../../../shape.ts'
import type { Operator, Operators } from '../call.ts'
import { shapeOf } from '../reshape.ts'
import { asNumbers, asTensor, dependsOnBatch, isTensor, type Kind, numbers, plain, type Value } from '../value.ts'

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

/** What the numbers of a type are here; there are none for texts, complex numbers and those of less than a byte. */
const KINDS: Readonly<Record<TensorType, Kind | null>> = {
  float32: 'float',
  float64: 'float',
  float16: 'float',
  bfloat16: 'float',
  bool: 'bool',
  int8: 'int',
  uint8: 'int',
  int16: 'int',
  uint16: 'int',
  int32: 'int',
  uint32: 'int',
  int64: 'int',
  uint64: 'int',
  string: null,
}

const cast: Operator = call => {
  const type = elementName(call.int('to'))
  const kind = KINDS[type as TensorType]
  if (!kind) throw new AdvxError('model', `It casts to ${type}, which is not known.`)
  if (call.live && (type === 'float16' || type === 'bfloat16')) call.setting.notes.add('halved')
  const value = castTo(call.value(0), kind)
  const [from] = call.values()
  if (call.live && kind === 'int' && isTensor(from) && isTensor(value)) {
    call.setting.notes.add('rounded')
    return straightThrough(value, from)
  }
  return isTensor(value) ? value : { ...value, element: type as TensorType }
}

const castLike: Operator = call => {
  const like = call.value(1)
  return castTo(call.value(0), isTensor(like) ? 'float' : like.kind)
}

export function castTo(value: Value, kind: Kind): Value {
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

/** The indices of all numbers that are not 0, [rank, count]. */
const nonZero: Operator = call => {
  const { dims, data, batch } = call.numbers(0)
  if (batch?.some(k => k !== 0)) throw dependsOnBatch()
  const places = Array.from(data.keys()).filter(i => data[i] !== 0)
  call.setting.budget.numbers(places.length * dims.length)
  const steps = strides(dims)
  const indices = steps.flatMap((step, axis) => places.map(i => Math.floor(i / step) % dims[axis]))
  return numbers(indices, [dims.length, places.length])
}

export const SOURCES: Operators = {
  Constant: call => call.constant(),
  ConstantOfShape: constantOfShape,
  Range: range,
  Cast: cast,
  CastLike: castLike,
  Identity: call => call.value(0),
  Dropout: dropout,
  NonZero: nonZero,
}

/** Of ai.onnx.ml: a map from the names of classes to their scores is the scores. */
export const MAPS: Operators = { ZipMap: call => call.value(0) }
