import type { Subject } from './attack.ts'
import type { Queries } from './queries.ts'

/** Points that are asked about at the same time. */
export const TOGETHER = 32

/** How random points around one fell. */
export interface Decisions {
  /** Of the points, those that were adversarial: 0 to 1. */
  readonly share: number
  /** Sum of what was added, of all points and of the adversarial ones. */
  readonly all: Float64Array
  readonly adversarial: Float64Array
}

/** Asks about `count` points clip(x + δ·u, 0, 1): u is normal, in Linf even, and of length 1 in L2. */
export async function decisionsAround(
  { norm, random }: Pick<Subject, 'norm' | 'random'>,
  model: Queries,
  x: Float32Array,
  delta: number,
  count: number,
): Promise<Decisions> {
  const [all, adversarial] = [new Float64Array(x.length), new Float64Array(x.length)]
  let won = 0
  for (let b = 0; b < count; b += TOGETHER) {
    const points = Array.from({ length: Math.min(TOGETHER, count - b) }, () => {
      const u = norm === 'linf' ? random('uniform', x.length).map(v => 2 * v - 1) : random('normal', x.length)
      const size = Math.sqrt(u.reduce((sum, v) => sum + v * v, 0))
      return x.map((v, i) => Math.min(Math.max(v + (delta * u[i]) / size, 0), 1))
    })
    const fallen = await Promise.all(points.map(point => model.adversarial(point)))
    for (const [k, point] of points.entries()) {
      if (fallen[k]) won++
      for (let i = 0; i < x.length; i++) {
        all[i] += point[i] - x[i]
        if (fallen[k]) adversarial[i] += point[i] - x[i]
      }
    }
  }
  return { share: won / count, all, adversarial }
}
