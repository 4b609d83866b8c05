import { defense, maximum, minimum, type Tensor, take } from 'advx'

/**
 * Median smoothing: each value becomes the median of those around it, in a window of k·k, edges mirrored. Of an even
 * number the larger of the two in the middle.
 *
 *     x′[c, i, j] = median{ x[c, i + a, j + b] : −⌊k/2⌋ ≤ a, b < ⌈k/2⌉ }
 *
 * Its gradient is that of the value in the middle.
 */
export default defense({
  title: 'Median Smoothing',
  paper: 'Xu, Evans, Qi 2018, https://arxiv.org/abs/1704.01155, §III.B',
  params: { window: 2 },

  infer({ x, logits }, { window }) {
    const [, , height, width] = x.shape
    const rows = shifts(window).map(by => take(x, mirrored(height, by), 2))
    const all = rows.flatMap(row => shifts(window).map(by => take(row, mirrored(width, by), 3)))
    return logits(sorted(all)[Math.floor(all.length / 2)])
  },
})

const shifts = (k: number): number[] => Array.from({ length: k }, (_, i) => i - Math.floor(k / 2))

/** The places i + by for i of a row of so many, beyond an edge mirrored in it: … 1 0 | 0 1 2 … */
const mirrored = (length: number, by: number): number[] =>
  Array.from({ length }, (_, i) => {
    const at = (((i + by) % (2 * length)) + 2 * length) % (2 * length)
    return Math.min(at, 2 * length - 1 - at)
  })

/** Sorted elementwise, by the exchanges of Batcher's merging network (Knuth, The Art of Computer Programming 3, 5.2.2 M). */
function sorted(values: readonly Tensor[]): Tensor[] {
  const out = [...values]
  const top = 2 ** Math.ceil(Math.log2(out.length)) / 2
  for (let p = top; p >= 1; p /= 2)
    for (let q = top, r = 0, d = p; d > 0; d = q - p, q /= 2, r = p)
      for (let i = 0; i + d < out.length; i++)
        if ((i & p) === r) [out[i], out[i + d]] = [minimum(out[i], out[i + d]), maximum(out[i], out[i + d])]
  return out
}
