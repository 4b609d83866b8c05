import { ShapeError } from '../../../errors.ts'
import { where } from '../../../ops/elementwise.ts'
import { mapAxis } from '../../../ops/linear-map.ts'
import { type Shape, show } from '../../../shape.ts'
import { constant, dataOf, type Tensor } from '../../../tensor.ts'
import { axisOf, demandNoBatch } from '../axes.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { isTensor, numbers } from '../value.ts'

/** A matrix of ones where `inside` says so of column − row, and zeros. */
function ones(call: Call, rows: number, columns: number, inside: (diagonal: number) => boolean): Tensor {
  call.setting.budget.constant([rows, columns])
  const values = Float32Array.from({ length: rows * columns }, (_, i) =>
    Number(inside((i % columns) - Math.floor(i / columns))),
  )
  return constant(values, [rows, columns])
}

/** Sums of all elements so far along an axis, or of all that follow; each with itself or without. */
const runningSum: Operator = call => {
  const x = call.tensor(0)
  const axis = axisOf(call.scalar(1), x.shape.length)
  demandNoBatch(x.shape, [axis], 'sums over')
  const length = x.shape[axis]
  const [without, back] = [call.int('exclusive', 0) !== 0, call.int('reverse', 0) !== 0]
  const inside = (diagonal: number): boolean => (back ? -diagonal : diagonal) <= (without ? -1 : 0)
  return mapAxis(x, ones(call, length, length, inside), axis)
}

function matrix(shape: Shape): readonly [rows: number, columns: number] {
  const [rows, columns] = shape.slice(-2)
  if (shape.length < 2 || rows < 0 || columns < 0)
    throw new ShapeError(`[${show(shape)}] is no matrix for each picture.`)
  return [rows, columns]
}

/** The matrices of a stack from the k-th diagonal on, or up to it; zeros elsewhere. */
const triangle: Operator = call => {
  const x = call.value(0)
  const dims = isTensor(x) ? x.shape : x.dims
  const k = call.has(1) ? call.scalar(1) : 0
  const upper = call.int('upper', 1) !== 0
  const mask = ones(call, ...matrix(dims), diagonal => (upper ? diagonal >= k : diagonal <= k))
  if (isTensor(x)) return where(mask, x, 0)
  const inside = dataOf(mask)
  const kept = (values: Float64Array): Float64Array => values.map((v, i) => (inside[i % inside.length] ? v : 0))
  return { ...numbers(kept(x.data), dims, x.kind), batch: x.batch && kept(x.batch) }
}

/** Ones on the k-th diagonal of a matrix with the shape of x. */
const diagonal: Operator = call => {
  const x = call.value(0)
  const k = call.int('k', 0)
  return ones(call, ...matrix(isTensor(x) ? x.shape : x.dims), d => d === k)
}

export const TRIANGLES: Operators = { CumSum: runningSum, Trilu: triangle, EyeLike: diagonal }
