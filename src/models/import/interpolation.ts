import { constant, type Tensor } from '../../tensor.ts'
import type { Place } from './coordinates.ts'
import type { Scaling } from './scaling.ts'

/** A filter: the weight of a pixel by its distance from a place, 0 from `reach` on. */
export interface Filter {
  readonly reach: number
  weight(distance: number): number
}

export const linear: Filter = { reach: 1, weight: d => 1 - Math.abs(d) }

/** Keys' cubic convolution; a is −0.5 for Catmull-Rom, −0.75 in most libraries. https://doi.org/10.1109/TASSP.1981.1163711 */
export const cubic = (a: number): Filter => ({
  reach: 2,
  weight(distance) {
    const d = Math.abs(distance)
    return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
  },
})

export interface Edges {
  /** Pixels beyond the edge do not count, and the others count for them; else they are as the edge. */
  readonly exclude: boolean
  /** The filter gets wider as the picture gets smaller, so that no pixel is left out. */
  readonly antialias: boolean
}

/** The weights [resized, length] of the old pixels in each new one. */
export function interpolation(scaling: Scaling, place: Place, filter: Filter, { exclude, antialias }: Edges): Tensor {
  const { length, resized, scale } = scaling
  const narrow = antialias ? Math.min(scale, 1) : 1
  const weights = new Float64Array(resized * length)
  for (let i = 0; i < resized; i++) {
    const at = place(i, scaling)
    const row = weights.subarray(i * length, (i + 1) * length)
    for (let pixel = Math.ceil(at - filter.reach / narrow); pixel < at + filter.reach / narrow; pixel++) {
      const inside = Math.min(Math.max(pixel, 0), length - 1)
      if (inside === pixel || !exclude) row[inside] += filter.weight((pixel - at) * narrow)
    }
    const total = row.reduce((a, b) => a + b, 0)
    for (let k = 0; k < length; k++) row[k] /= total
  }
  return constant(Float32Array.from(weights), [resized, length])
}
