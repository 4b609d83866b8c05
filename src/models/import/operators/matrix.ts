import { ShapeError } from '../../../errors.ts'
import { reshape, transpose } from '../../../ops/shape.ts'
import { show, size } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'

/** Product of two matrices, or of stacks of them, in which no sum runs over the batch. */
function product(call: Call, a: Tensor, b: Tensor): Tensor {
  const inner = a.shape[a.shape.length - 1]
  if (inner < 0 || b.shape[b.shape.length - 2] < 0)
    throw new ShapeError(`[${show(a.shape)}] times [${show(b.shape)}] sums over the batch: pictures would be mixed.`)
  const y = a.matmul(b)
  if (y.shape.filter(d => d < 0).length > 1)
    throw new ShapeError(`[${show(a.shape)}] times [${show(b.shape)}] multiplies every picture by every other.`)
  if (!call.live) call.setting.budget.work(size(y.shape) * inner)
  return y
}

/** As NumPy's matmul: [K] as first factor is one row, as second one column, and these axes are gone in the result. */
const multiply: Operator = call => {
  const [a, b] = [call.tensor(0), call.tensor(1)]
  if (a.shape.length === 0 || b.shape.length === 0)
    throw new ShapeError(`Cannot multiply [${show(a.shape)}] by [${show(b.shape)}].`)
  const [row, column] = [a.shape.length === 1, b.shape.length === 1]
  const y = product(call, row ? reshape(a, [1, ...a.shape]) : a, column ? reshape(b, [...b.shape, 1]) : b)
  const gone = [...(row ? [y.shape.length - 2] : []), ...(column ? [y.shape.length - 1] : [])]
  return reshape(
    y,
    y.shape.filter((_, axis) => !gone.includes(axis)),
  )
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
