import { expected, ShapeError } from '../../../errors.ts'
import type { OnnxAttribute } from '../../../formats/onnx/schema.ts'
import { reverse } from '../../../ops/shape.ts'
import { axesOf, axisOf, demandNoBatch } from '../axes.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { COMPARISONS } from '../operators/comparison.ts'
import { GATHERINGS } from '../operators/gathering.ts'
import { ORDERINGS } from '../operators/ordering.ts'
import { PADDINGS } from '../operators/padding.ts'
import { REDUCTIONS } from '../operators/reduction.ts'
import { SHAPES } from '../operators/shape.ts'
import { SLICES } from '../operators/slicing.ts'
import { SOURCES } from '../operators/source.ts'
import { TRIANGLES } from '../operators/triangular.ts'
import { asTensor, isTensor, lengths, numbers, plain, type Value } from '../value.ts'

const int = (value: number): OnnxAttribute => ({ kind: 'int', value })
const ints = (value: readonly number[]): OnnxAttribute => ({ kind: 'ints', value })

const rankOf = (value: Value): number => (isTensor(value) ? value.shape : value.dims).length

/** Along the axes of input 1; none are none. */
const reduction =
  (operator: Operator): Operator =>
  call =>
    operator(
      call.as({
        inputs: [call.value(0), call.value(1)],
        attributes: { keepdims: int(call.int('keep_dims', 0)), noop_with_empty_axes: int(1) },
      }),
    )

/** Along an axis of length 1 that each input gets. */
const packed: Operator = call => {
  const values = call.values()
  const axis = axisOf(call.int('axis', 0), rankOf(values[0]) + 1)
  const inputs = values.map(value => only(SHAPES.Unsqueeze(call.as({ inputs: [value, numbers([axis])] }))))
  return SLICES.Concat(call.as({ inputs, attributes: { axis: int(axis) } }))
}

const unpacked: Operator = call => {
  const value = call.value(0)
  const axis = axisOf(call.int('axis', 0), rankOf(value))
  const attributes = { axis: int(axis), num_outputs: int(call.int('num')) }
  return [SLICES.Split(call.as({ inputs: [value], attributes }))]
    .flat()
    .map(part => only(SHAPES.Squeeze(call.as({ inputs: [part, numbers([axis])] }))))
}

const joined: Operator = call => {
  const values = call.values()
  const axis = call.scalar(values.length - 1)
  return SLICES.Concat(call.as({ inputs: values.slice(0, -1), attributes: { axis: int(axis) } }))
}

/** From `begin` on so many elements, or all that there are where it says −1. */
const sliced: Operator = call => {
  const [begin, sizes] = [call.whole(1), call.whole(2)]
  const ends = begin.map((start, i) => (sizes[i] < 0 ? Number.MAX_SAFE_INTEGER : start + sizes[i]))
  return SLICES.Slice(call.as({ inputs: [call.value(0), numbers(begin), numbers(ends)] }))
}

/** Python's x[begin:end:stride, …]: bit i of a mask says that the i-th range is open, one index, or a new axis. */
const strided: Operator = call => {
  const [begin, end, strides] = [1, 2, 3].map(i => call.numbers(i))
  const bit = (name: string, i: number): boolean => ((call.int(name, 0) >> i) & 1) === 1
  if (call.int('ellipsis_mask', 0) || call.int('new_axis_mask', 0))
    throw new ShapeError('Its ellipsis_mask or new_axis_mask is not known.')
  const steps = plain(strides)
  const axes = [...begin.data.keys()]
  const single = axes.filter(i => bit('shrink_axis_mask', i))
  const far = Number.MAX_SAFE_INTEGER
  const starts = axes.map(i => (bit('begin_mask', i) && !single.includes(i) ? (steps[i] > 0 ? 0 : far) : begin.data[i]))
  const ends = axes.map(i => {
    if (single.includes(i)) return begin.data[i] === -1 ? far : begin.data[i] + 1
    return bit('end_mask', i) ? (steps[i] > 0 ? far : -far) : end.data[i]
  })
  const inputs = [
    call.value(0),
    { ...numbers(starts), batch: begin.batch },
    { ...numbers(ends), batch: end.batch },
    numbers(axes),
    numbers(axes.map(i => (single.includes(i) ? 1 : steps[i]))),
  ]
  const y = only(SLICES.Slice(call.as({ inputs })))
  return single.length === 0 ? y : SHAPES.Squeeze(call.as({ inputs: [y, numbers(single)] }))
}

/** Pads [[before, after], …] of each axis; with what, input 2 or the mode says. */
const padded: Operator = call => {
  const pads = call.whole(1)
  const half = [0, 1].map(side => pads.filter((_, i) => i % 2 === side))
  const mode = call.text('mode', 'CONSTANT').toLowerCase()
  const inputs = [call.value(0), numbers(half.flat()), call.has(2) ? call.value(2) : undefined]
  return PADDINGS.Pad(call.as({ inputs, attributes: { mode: { kind: 'string', value: mode } } }))
}

const filled: Operator = call => {
  const [dims, value] = [call.whole(0), call.numbers(1)]
  if (value.data.length !== 1) throw expected('model', 'one number', 'its value', value.data.length)
  if (dims.some(d => d < 0)) throw new ShapeError(`[${dims}] is no shape.`)
  const count = dims.reduce((a, b) => a * b, 1)
  call.setting.budget.constant(dims)
  call.setting.budget.numbers(count)
  const all = numbers(new Float64Array(count).fill(value.data[0]), dims, value.kind)
  return value.kind === 'float' && count > 0 ? asTensor(all) : all
}

const gathered: Operator = call =>
  GATHERINGS.Gather(
    call.as({
      inputs: [call.value(0), call.value(1)],
      attributes: { axis: int(call.has(2) ? call.scalar(2) : 0) },
    }),
  )

const best =
  (operator: Operator): Operator =>
  call =>
    operator(call.as({ inputs: [call.value(0)], attributes: { axis: int(call.scalar(1)), keepdims: int(0) } }))

/** `on` at the index, `off` elsewhere: inputs 2 and 3. */
const hot: Operator = call => {
  const choice = numbers([call.scalar(3), call.scalar(2)], [2], 'float')
  return COMPARISONS.OneHot(call.as({ inputs: [call.value(0), call.value(1), choice] }))
}

const split = (call: Call, value: number, axis: number, sizes?: number): ReturnType<Operator> =>
  SLICES.Split(
    call.as({
      inputs: [call.value(value), sizes === undefined ? undefined : call.value(sizes)],
      attributes: { axis: int(call.scalar(axis)), num_outputs: int(call.int('num_split')) },
    }),
  )

const only = (result: ReturnType<Operator>): Value => [result].flat()[0] as Value

/** Several values as they are. */
const same: Operator = call => call.values()

export const TF_SHAPES: Operators = {
  Mean: reduction(REDUCTIONS.ReduceMean),
  Sum: reduction(REDUCTIONS.ReduceSum),
  Max: reduction(REDUCTIONS.ReduceMax),
  Min: reduction(REDUCTIONS.ReduceMin),
  Prod: reduction(REDUCTIONS.ReduceProd),
  All: reduction(REDUCTIONS.ReduceMin),
  Any: reduction(REDUCTIONS.ReduceMax),
  EuclideanNorm: reduction(REDUCTIONS.ReduceL2),
  ArgMax: best(ORDERINGS.ArgMax),
  ArgMin: best(ORDERINGS.ArgMin),

  Reshape: call =>
    SHAPES.Reshape(call.as({ inputs: [call.value(0), call.value(1)], attributes: { allowzero: int(1) } })),
  Squeeze: call => {
    const axes = call.ints('squeeze_dims', call.ints('axis', []))
    return SHAPES.Squeeze(call.as({ inputs: [call.value(0), axes.length > 0 ? numbers(axes) : undefined] }))
  },
  ExpandDims: call => SHAPES.Unsqueeze(call.as({ inputs: [call.value(0), numbers([call.scalar(1)])] })),
  Shape: call => SHAPES.Shape(call.as({ inputs: [call.value(0)] })),
  ShapeN: call => call.values().map(value => lengths(isTensor(value) ? value.shape : value.dims)),
  Size: SHAPES.Size,
  Rank: call => numbers([rankOf(call.value(0))], []),
  Transpose: call => SHAPES.Transpose(call.as({ inputs: [call.value(0)], attributes: { perm: ints(call.whole(1)) } })),
  ReverseV2: call => {
    const x = call.tensor(0)
    const axes = axesOf(call.whole(1), x.shape.length)
    demandNoBatch(x.shape, axes, 'turns round')
    return reverse(x, axes)
  },
  Tile: SHAPES.Tile,
  BroadcastTo: SHAPES.Expand,
  Pack: packed,
  Unpack: unpacked,
  Concat: call => SLICES.Concat(call.as({ inputs: call.values().slice(1), attributes: { axis: int(call.scalar(0)) } })),
  ConcatV2: joined,
  Slice: sliced,
  StridedSlice: strided,
  Split: call => split(call, 1, 0),
  SplitV: call => split(call, 0, 2, 1),
  Pad: padded,
  PadV2: padded,
  MirrorPad: padded,
  Gather: gathered,
  GatherV2: gathered,
  Fill: filled,
  Range: SOURCES.Range,
  ZerosLike: call => call.tensor(0).mul(0),
  OnesLike: call => call.tensor(0).mul(0).add(1),
  OneHot: hot,
  TopKV2: ORDERINGS.TopK,
  GatherNd: GATHERINGS.GatherND,
  Cumsum: TRIANGLES.CumSum,

  EnsureShape: same,
  Identity: same,
  IdentityN: same,
  StopGradient: same,
  PreventGradient: same,
  CheckNumerics: same,
  Snapshot: same,
  PlaceholderWithDefault: same,
}
