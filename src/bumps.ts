/**
 * A square of two halves of opposite signs, each a pyramid of rings 1/r², row by row; of length 1 in L2 (Andriushchenko et
 * al. 2020, https://arxiv.org/abs/1912.00049, Algorithm 3).
 *
 * @param upright whether one half lies above the other, not beside it.
 */
export function bumpOf(side: number, upright: boolean): Float32Array {
  const half = side >> 1
  const out = new Float32Array(side * side)
  for (const [from, rows, sign] of [
    [0, half, 1],
    [half, side - half, -1],
  ]) {
    const [row, column] = [rows >> 1, half]
    for (let ring = 0; ring <= Math.max(row, column); ring++)
      for (let i = Math.max(row - ring, 0); i <= Math.min(row + ring, rows - 1); i++)
        for (let j = Math.max(column - ring, 0); j <= Math.min(column + ring, side - 1); j++)
          out[upright ? (from + i) * side + j : j * side + from + i] += sign / (ring + 1) ** 2
  }
  const length = Math.sqrt(out.reduce((sum, v) => sum + v * v, 0))
  return out.map(v => v / length)
}
