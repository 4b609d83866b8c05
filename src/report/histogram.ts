/** Values from `from` up to but not `to`. */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
}

const BINS = 40

/**
 * How many values lie in each of at most 40 equal bins from 0 to `most`, which belongs to the last. Whole values have
 * bins of whole width, so that each holds as many of them as the next.
 */
export function histogram(values: readonly number[], most: number, whole: boolean): Bin[] {
  const width = whole ? Math.max(1, Math.ceil((most + 1) / BINS)) : most / BINS
  if (!(width > 0)) return [{ from: 0, to: 1, count: values.length }]
  const n = whole ? Math.floor(most / width) + 1 : BINS
  const counts = new Array<number>(n).fill(0)
  for (const v of values) counts[Math.min(n - 1, Math.floor(v / width))]++
  return counts.map((count, i) => ({ from: i * width, to: (i + 1) * width, count }))
}
