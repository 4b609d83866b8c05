import { ShapeError } from '../errors.ts'
import { broadcast, type Shape, show, size } from '../shape.ts'
import { bind, type Tensor } from '../tensor.ts'
import { aligned, repeated } from './elementwise.ts'
import type { Op, TfjsTensor } from './op.ts'
import { transpose } from './shape.ts'

/** Matrix product of [.., M, K] and [.., K, P]; stacks of matrices are broadcast against each other. */
export const matmul = (a: Tensor, b: Tensor): Tensor => bind(matmulOp, [a, b])
const matmulOp: Op = {
  name: 'matmul',
  onnx: 'MatMul',
  tfjs(tf, [a, b], { shape }) {
    // The kernels repeat one matrix, or a whole stack.
    const whole = (x: TfjsTensor): TfjsTensor => {
      const count = size(stackOf(x.shape))
      if (count === 1 || count === size(stackOf(shape))) return x
      return repeated(tf, x, [...stackOf(shape), ...x.shape.slice(-2)])
    }
    return tf.run('BatchMatMul', { a: whole(a), b: whole(b) }, { transposeA: false, transposeB: false })
  },
  shape([a, b]) {
    const [rows, inner] = a.slice(-2)
    const [same, columns] = b.slice(-2)
    if (a.length < 2 || b.length < 2 || inner !== same)
      throw new ShapeError(`Cannot multiply [${show(a)}] by [${show(b)}]: [.., M, K] by [.., K, P] was expected`)
    return [...broadcast(stackOf(a), stackOf(b)), rows, columns]
  },
  // Y = A·B  ⇒  Ā = Ȳ·Bᵀ,  B̄ = Aᵀ·Ȳ
  vjp: (g, _, [a, b]) => [g.matmul(transposed(b)), transposed(a).matmul(g)],
  js([a, b], { shape, shapes: [as, bs] }) {
    const [rows, columns] = shape.slice(-2)
    const inner = as[as.length - 1]
    const stack = stackOf(shape)
    const left = aligned(a, as, [...stack, rows, inner])
    const right = aligned(b, bs, [...stack, inner, columns])
    const out = new Float64Array(size(shape))
    for (let r = 0; r < size(stack) * rows; r++)
      for (let k = 0; k < inner; k++) {
        const row = Math.floor(r / rows) * inner + k
        for (let c = 0; c < columns; c++) out[r * columns + c] += left[r * inner + k] * right[row * columns + c]
      }
    return out
  },
}

const stackOf = (shape: Shape): Shape => shape.slice(0, -2)

/** Every matrix of a stack, transposed. */
export function transposed(x: Tensor): Tensor {
  const axes = [...x.shape.keys()]
  return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2])
}
