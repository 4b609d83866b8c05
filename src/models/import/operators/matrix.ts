import { ShapeError } from '../../../errors.ts'
import { reshape, transpose } from '../../../ops/shape.ts'
import { type Shape, show, size } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'

/** Product of [M, K] and [K, P], where only M may hold the batch. */
function product(call: Call, a: Tensor, b: Tensor): Tensor {
  const mixes = a.shape[1] < 0 || b.shape[0] < 0
  if (mixes)
    throw new ShapeError(`[${show(a.shape)}] times [${show(b.shape)}] sums over the batch: pictures would be mixed.`)
  const y = a.matmul(b)
  if (!call.live) call.setting.budget.work(size(y.shape) * a.shape[1])
  return y
}

/** [.., M, K] times [K, P]: all rows of all stacks are rows of one matrix. */
const multiply: Operator = call => {
  const [a, b] = [call.tensor(0), call.tensor(1)]
  const [left, right] = [a.shape.length === 1 ? [1, ...a.shape] : a.shape, columns(b.shape)]
  if (left.length < 2) throw new ShapeError(`Cannot multiply [${show(a.shape)}] by [${show(b.shape)}].`)
  const rows = left.slice(0, -1)
  const y = product(call, reshape(a, [size(rows), left[left.length - 1]]), reshape(b, right))
  const outer = a.shape.length === 1 ? [] : rows
  return reshape(y, b.shape.length === 1 ? outer : [...outer, right[1]])
}

/** The shape of the second factor as one matrix. */
function columns(shape: Shape): Shape {
  if (shape.length === 1) return [shape[0], 1]
  const stacks = shape.slice(0, -2)
  if (shape.length < 2 || stacks.some(d => d !== 1))
    throw new ShapeError(`advx multiplies by one matrix, not by the stack [${show(shape)}] (as attention does).`)
  return shape.slice(-2)
}

/** alpha · A·B + beta · C, where A and B may come transposed. */
const gemm: Operator = call => {
  const factor = (i: number, name: string): Tensor => {
    const x = call.tensor(i)
    if (x.shape.length !== 2) throw new ShapeError(`[${show(x.shape)}] is no matrix.`)
    return call.int(name, 0) ? transpose(x, [1, 0]) : x
  }
  const scaled = (x: Tensor, by: number): Tensor => (by === 1 ? x : x.mul(by))
  const y = scaled(product(call, factor(0, 'transA'), factor(1, 'transB')), call.float('alpha', 1))
  if (!call.has(2)) return y
  const c = call.tensor(2)
  if (c.shape.length > 2) throw new ShapeError(`[${show(c.shape)}] is no matrix.`)
  return y.add(scaled(c, call.float('beta', 1)))
}

export const MATRICES: Operators = { MatMul: multiply, Gemm: gemm }
