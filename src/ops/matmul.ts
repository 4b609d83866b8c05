import { ShapeError } from '../errors.ts'
import { show } from '../shape.ts'
import { bind, type Tensor } from '../tensor.ts'
import type { Op } from './op.ts'
import { transpose } from './shape.ts'

/** Matrix product of [M, K] and [K, P]. */
export const matmul = (a: Tensor, b: Tensor): Tensor => bind(matmulOp, [a, b])
const matmulOp: Op = {
  name: 'matmul',
  onnx: 'MatMul',
  shape([a, b]) {
    if (a.length !== 2 || b.length !== 2 || a[1] !== b[0])
      throw new ShapeError(`Cannot multiply [${show(a)}] by [${show(b)}]: [M, K] by [K, P] was expected`)
    return [a[0], b[1]]
  },
  // Y = A·B  ⇒  Ā = Ȳ·Bᵀ,  B̄ = Aᵀ·Ȳ
  vjp: (g, _, [a, b]) => [g.matmul(transpose(b, [1, 0])), transpose(a, [1, 0]).matmul(g)],
  js([a, b], { shape: [rows, cols], shapes: [[, inner]] }) {
    const out = new Float64Array(rows * cols)
    for (let r = 0; r < rows; r++)
      for (let k = 0; k < inner; k++)
        for (let c = 0; c < cols; c++) out[r * cols + c] += a[r * inner + k] * b[k * cols + c]
    return out
  },
}
