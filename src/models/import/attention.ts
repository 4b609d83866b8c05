import { ShapeError } from '../../errors.ts'
import { transposed } from '../../ops/matmul.ts'
import { reshape, transpose } from '../../ops/shape.ts'
import { softmax } from '../../ops/softmax.ts'
import { show } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'

/**
 * softmax(scale · Q·Kᵀ)·V for each head: Q is [N, S, heads·d], K is [N, L, heads·d], V is [N, L, heads·e], the result is
 * [N, S, heads·e]. `scale` is 1/√d where none is given.
 * Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, §3.2
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, heads: number, scale = 0): Tensor {
  for (const { shape } of [q, k, v])
    if (shape.length !== 3 || !(heads >= 1) || shape[2] % heads !== 0)
      throw new ShapeError(`[${show(shape)}] is not [N, length, ${heads} heads · features].`)
  const apart = (x: Tensor): Tensor => {
    const [n, length, features] = x.shape
    return transpose(reshape(x, [n, length, heads, features / heads]), [0, 2, 1, 3])
  }
  const scores = apart(q)
    .matmul(transposed(apart(k)))
    .mul(scale || Math.sqrt(heads / q.shape[2]))
  const mixed = transpose(softmax(scores).matmul(apart(v)), [0, 2, 1, 3])
  return reshape(mixed, [q.shape[0], q.shape[1], v.shape[2]])
}
