// The boundaries between classes near a point, in a model linearised there.
import { backward } from './grad.ts'
import type { Norm } from './norms.ts'
import { abs, greater, maximum, positive, where } from './ops/elementwise.ts'
import { kthLargest } from './ops/reduce.ts'
import { reshape } from './ops/shape.ts'
import type { Tensor } from './tensor.ts'

const FAR = 1e30
const TINY = 1e-12

/** z_k − z_y of the `count` likeliest other classes, [N, 1] each: of which class it is, the image's logits say. */
export function leads(z: Tensor, y: Tensor, count: number): Tensor[] {
  const others = z.sub(y.mul(1e9))
  const atLeast = (k: number): Tensor => greater(kthLargest(others, k), others).mul(-1).add(1)
  return Array.from({ length: Math.min(count, z.shape[1] - 1) }, (_, i) => {
    const chosen = i === 0 ? atLeast(1) : atLeast(i + 1).sub(atLeast(i))
    return z.mul(chosen.sub(y)).sum([1])
  })
}

/** A linear function at a point: its value there, [N, 1, 1, 1], its slope, and how far its zero is in a norm. */
export interface Boundary {
  readonly f: Tensor
  readonly w: Tensor
  readonly distance: Tensor
}

/** The nearest, per image, of the boundaries at which functions of x, [N, 1] each, are 0 as they are linear there. */
export function nearestBoundary(functions: readonly Tensor[], x: Tensor, norm: Norm): Boundary {
  const zero = x.sum([1, 2, 3]).mul(0)
  let nearest: Boundary = { f: zero, w: x.mul(0), distance: zero.add(FAR) }
  for (const value of functions) {
    const [w] = backward(value, [x])
    const size = norm.dual(w)
    const f = reshape(value, size.shape)
    const distance = abs(f).div(maximum(size, TINY))
    const nearer = positive(nearest.distance.sub(distance)).mul(positive(size.sub(TINY)))
    nearest = {
      f: where(nearer, f, nearest.f),
      w: where(nearer, w, nearest.w),
      distance: where(nearer, distance, nearest.distance),
    }
  }
  return nearest
}
