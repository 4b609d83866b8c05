import { size } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { matmul, transposed } from './matmul.ts'
import { reshape } from './shape.ts'

/** y[.., o, ..] = Σᵢ w[o, i] · x[.., i, ..] along one axis of x: interpolation, running sums. w is [O, I]. */
export function mapAxis(x: Tensor, w: Tensor, axis: number): Tensor {
  const [front, rest] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)]
  if (rest.length === 0 && front.length > 0) return matmul(x, transposed(w))
  const columns = matmul(w, reshape(x, [...front, x.shape[axis], size(rest)]))
  return reshape(columns, [...front, w.shape[0], ...rest])
}
