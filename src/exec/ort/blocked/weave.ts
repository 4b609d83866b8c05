import { reshape } from '../../../ops/shape.ts'
import { concat, place, slice } from '../../../ops/slice.ts'
import type { Tensor } from '../../../tensor.ts'
import { fromPlanes } from './blocks.ts'

/** The i-th row of each part by turns, [K, L] each (null: zeros), as [K, parts · L]. */
function alternating(parts: readonly (Tensor | null)[], rows: number, length: number): Tensor | null {
  const known = parts.findIndex(p => p !== null)
  if (known < 0) return null
  const row = (t: Tensor): Tensor => reshape(t, [rows, length])
  if (parts.filter(p => p !== null).length > 1)
    return concat(
      parts.map(p => row(p ?? parts[known]!.mul(0))),
      1,
    )
  const spread = place(reshape(parts[known]!, [rows, 1, length]), [rows, parts.length, length], [0, known, 0])
  return reshape(spread, [rows, parts.length * length])
}

/**
 * A blocked tensor [N, P, H, W] from its phases: `phases[a][b]`, [N, P, ⌈H/s⌉, ⌈W/t⌉] (null: zeros), has the rows
 * s·i + a and the columns t·j + b.
 */
export function woven(
  phases: readonly (readonly (Tensor | null)[])[],
  spatial: readonly number[],
  size: number,
): Tensor | null {
  const some = phases.flat().find(p => p !== null)
  if (!some) return null
  const [n, p, h, w] = some.shape
  const lines = phases.map(row => alternating(row, ((n * p) / size) * h * w, size))
  const columns = phases[0].length
  const all = alternating(lines, ((n * p) / size) * h, w * columns * size)!
  const planes = reshape(all, [(n * p) / size, h * phases.length, w * columns, size])
  return fromPlanes(slice(planes, [0, 0, 0, 0], [planes.shape[0], ...spatial, size]), p, size)
}
