import { ShapeError } from '../../errors.ts'
import { transposed } from '../../ops/matmul.ts'
import { reshape, transpose } from '../../ops/shape.ts'
import { softmax } from '../../ops/softmax.ts'
import { show } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'

/**
 * softmax(scale · Q·Kᵀ)·V for each head: Q is [N, heads, S, d], K is [N, heads, L, d], V is [N, heads, L, e], the result
 * is [N, heads, S, e]. `scale` is 1/√d where it is 0.
 * Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, §3.2
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, scale = 0): Tensor {
  const scores = q.matmul(transposed(k)).mul(scale || 1 / Math.sqrt(q.shape[3]))
  return softmax(scores).matmul(v)
}

/** [N, length, heads · d] as [N, heads, length, d]. */
export function apart(x: Tensor, heads: number): Tensor {
  const [n, length, features] = x.shape
  if (x.shape.length !== 3 || !(heads >= 1) || features % heads !== 0)
    throw new ShapeError(`[${show(x.shape)}] is not [N, length, ${heads} heads · features].`)
  return transpose(reshape(x, [n, length, heads, features / heads]), [0, 2, 1, 3])
}

/** [N, heads, length, d] as [N, length, heads · d]. */
export function together(x: Tensor): Tensor {
  const [n, heads, length, features] = x.shape
  return reshape(transpose(x, [0, 2, 1, 3]), [n, length, heads * features])
}
