import type { Point, Subject } from './attack.ts'

/** A model that says of a point no more than whether it is adversarial, as long as queries are left. */
export interface Queries {
  left(): number
  /** The point with its logits; null: it is not adversarial, or no query is left. */
  adversarial(x: Float32Array): Promise<Point | null>
}

export function limited({ logits, lead }: Pick<Subject, 'logits' | 'lead'>, queries: number): Queries {
  let left = queries
  return {
    left: () => left,
    async adversarial(x) {
      if (left-- <= 0) return null
      const z = await logits(x)
      return lead(z) >= 0 ? { x, logits: z } : null
    },
  }
}
