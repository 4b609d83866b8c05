import { abs, clip, div, exp, greater, log, maximum, minimum, neg, positive, sign, sqrt } from './ops/elementwise.ts'
import { kthLargest } from './ops/reduce.ts'
import type { Random } from './random.ts'
import { size } from './shape.ts'
import { type Operand, type Tensor, zerosLike } from './tensor.ts'

export type NormName = 'linf' | 'l2' | 'l1' | 'l0'

/** What an Lp threat model means to an attack. Images are [N, C, H, W] in [0, 1]; every function works per image. */
export interface Norm {
  /**
   * arg max ⟨g, d⟩ over ‖d‖ ≤ 1: the direction of steepest ascent. A zero gradient stays zero. `at`: where the
   * images are now; L1 then leaves out what the box holds back. `share`: of the values that an L1 step moves, per
   * image, [N, 1, 1, 1].
   */
  direction(g: Tensor, at?: Tensor, share?: Tensor): Tensor
  /** The point of the ε-ball around `x0` nearest to `x`. */
  project(x: Tensor, x0: Tensor, eps: Operand): Tensor
  /** A point of the ε-ball around `x0`, evenly distributed over it. */
  sample(x0: Tensor, eps: Operand, random: Random): Tensor
  /** ‖d‖ per image, [N, 1, 1, 1]. */
  length(d: Tensor): Tensor
  /** max ⟨g, d⟩ over ‖d‖ ≤ 1, per image: what a step of length 1 gains at most. */
  dual(g: Tensor): Tensor
}

const TINY = 1e-30
export const perImage = (x: Tensor): number[] => [...x.shape.keys()].slice(1)

/** x / ‖x‖₂ per image. Scaled by its largest value first: the squares of small gradients are 0 in float32. */
function unit(x: Tensor): Tensor {
  const scaled = x.div(maximum(abs(x).max(perImage(x)), TINY))
  return scaled.div(maximum(norm2(scaled), TINY))
}
const norm2 = (x: Tensor): Tensor => sqrt(x.mul(x).sum(perImage(x)))
const dimension = (x: Tensor): number => size(x.shape.slice(1))

export const linf: Norm = {
  direction: g => sign(g),
  project: (x, x0, eps) => clip(x, x0.sub(eps), x0.add(eps)),
  sample: (x0, eps, random) => x0.add(random.uniform(x0).mul(2).sub(1).mul(eps)),
  length: d => abs(d).max(perImage(d)),
  dual: g => abs(g).sum(perImage(g)),
}

export const l2: Norm = {
  direction: unit,
  // x₀ + δ · min(1, ε / ‖δ‖₂)
  project(x, x0, eps) {
    const delta = x.sub(x0)
    return x0.add(delta.mul(minimum(div(eps, maximum(norm2(delta), TINY)), 1)))
  },
  // A normal direction, at radius ε · u^(1/D).
  sample: (x0, eps, random) => x0.add(unit(random.normal(x0)).mul(radius(x0, random)).mul(eps)),
  length: norm2,
  dual: norm2,
}

/**
 * The share q of the coordinates that an L1 step moves: the strongest 3 %. Tramèr and Boneh 2019 (SLIDE, §5) take 1 %;
 * at 50 steps 3 % broke more on nets for 28 and for 32 pixels, and 10 % fewer on two of three.
 */
export const L1_SHARE = 0.03

export const l1: Norm = {
  // sign(g) / k on the k = ⌈q · D⌉ largest of |g|: one coordinate alone would be steepest, and needs D steps.
  direction(g, at, share) {
    const free = at ? g.mul(roomTowards(g, at)) : g
    const size1 = abs(free)
    const strong = share
      ? positive(size1.sub(edges(size1, share.mul(dimension(g)).sub(1))[0])) // and what ties with them
      : greater(kthLargest(size1, Math.ceil(L1_SHARE * dimension(g))), size1)
          .mul(-1)
          .add(1)
    const chosen = strong.mul(sign(free))
    return chosen.div(maximum(abs(chosen).sum(perImage(g)), 1))
  },
  /**
   * The nearest point of ball *and* box: δᵢ = sign(dᵢ) · clip(|dᵢ| − λ, 0, uᵢ), where uᵢ is the room that the box
   * leaves and λ ≥ 0 the least with Σ|δᵢ| ≤ ε (Croce and Hein 2021, https://arxiv.org/abs/2103.01208, §3).
   * λ by bisection to the last bits of float32, then exactly on the piece that is left.
   */
  project(x, x0, eps) {
    const d = x.sub(x0)
    const length = abs(d)
    const room = roomAround(d, x0)
    const at = (lambda: Operand): Tensor => minimum(maximum(length.sub(lambda), 0), room)
    const total = (lambda: Operand): Tensor => at(lambda).sum(perImage(x))
    let lo = zerosLike(length.max(perImage(x)))
    let hi = length.max(perImage(x))
    for (let i = 0; i < 26; i++) {
      const middle = lo.add(hi).mul(0.5)
      const outside = positive(total(middle).sub(eps))
      lo = lo.add(outside.mul(middle.sub(lo)))
      hi = hi.sub(outside.mul(-1).add(1).mul(hi.sub(middle)))
    }
    const moving = positive(length.sub(hi))
      .mul(positive(room.sub(length.sub(hi))))
      .sum(perImage(x))
    const exact = maximum(hi.sub(neg(total(hi).sub(eps)).div(maximum(moving, 1))), lo)
    const lambda = exact.mul(positive(total(0).sub(eps))) // inside already: λ = 0
    return x0.add(sign(d).mul(at(lambda)))
  },
  // Exponentials over their sum, with random signs, at radius ε · u^(1/D).
  sample(x0, eps, random) {
    const e = neg(log(random.uniform(x0)))
    const signs = greater(random.uniform(x0), 0.5).mul(2).sub(1)
    return x0.add(
      e
        .div(e.sum(perImage(x0)))
        .mul(signs)
        .mul(radius(x0, random))
        .mul(eps),
    )
  },
  length: d => abs(d).sum(perImage(d)),
  dual: g => abs(g).max(perImage(g)),
}

/** Pixels that moved: all channels of one together count 1. */
export const l0: Norm = {
  // What may move is not bounded but in number: the gradient itself, at length 1.
  direction: unit,
  // The ε pixels that moved most stay as they are, the others go back.
  project(x, x0, eps) {
    const d = x.sub(x0)
    return x0.add(d.mul(strongest(abs(d).sum([1]), eps)))
  },
  // ε pixels anywhere, each any color.
  sample: (x0, eps, random) =>
    x0.add(
      random
        .uniform(x0)
        .sub(x0)
        .mul(strongest(random.uniform(x0.sum([1])), eps)),
    ),
  length: d => positive(abs(d).sum([1])).sum([2, 3]),
  // One pixel, as far as the box is wide.
  dual: g => abs(g).sum([1]).max([2, 3]),
}

export const NORMS: Readonly<Record<NormName, Norm>> = { linf, l2, l1, l0 }

/** 1 at the k largest scores of each image, else 0; of those that tie at the edge none. */
function strongest(scores: Tensor, k: Operand): Tensor {
  const above = (edge: Tensor): Tensor => positive(scores.sub(edge))
  const [, hi] = edges(scores, k)
  const fits = positive(above(zerosLike(hi)).sum(perImage(scores)).sub(k))
    .mul(-1)
    .add(1) // fewer are above 0: all stay
  return above(hi.mul(fits.mul(-1).add(1)))
}

/**
 * Two numbers as near to each other as float32 lets them be, per image: at most k scores lie above the second, and more
 * than k above the first, which is 0 where no more than k lie above 0.
 */
function edges(scores: Tensor, k: Operand): [lo: Tensor, hi: Tensor] {
  let lo = zerosLike(scores.max(perImage(scores)))
  let hi = scores.max(perImage(scores))
  for (let i = 0; i < 26; i++) {
    const middle = lo.add(hi).mul(0.5)
    const many = positive(positive(scores.sub(middle)).sum(perImage(scores)).sub(k))
    lo = lo.add(many.mul(middle.sub(lo)))
    hi = hi.sub(many.mul(-1).add(1).mul(hi.sub(middle)))
  }
  return [lo, hi]
}

/** u^(1/D), per image. */
const radius = (x0: Tensor, random: Random): Tensor => exp(log(random.uniform(x0.sum(perImage(x0)))).div(dimension(x0)))

/** How far x₀ + d may go from x₀ in the direction of d before it leaves [0, 1]. */
export const roomAround = (d: Tensor, x0: Tensor): Tensor => {
  const up = positive(d)
  return up.mul(x0.mul(-1).add(1)).add(up.mul(-1).add(1).mul(x0))
}
/** 1 where the image can still go in the direction of g, else 0. */
const roomTowards = (g: Tensor, x: Tensor): Tensor => positive(roomAround(g, x))
