/** Round values from 0 to most, at most so many steps: steps of 1, 2 or 5 times a power of ten. */
export function ticks(most: number, steps = 4): number[] {
  if (!(most > 0)) return [0]
  const power = 10 ** Math.floor(Math.log10(most / steps))
  const step = power * ([1, 2, 5, 10].find(k => most / (k * power) <= steps) ?? 10)
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(6)))
}

/** Those values whose labels have room, the last one first. `x` in units in which a character is at most 9 wide. */
export function withRoom(values: readonly number[], text: (v: number) => string, x: (v: number) => number): number[] {
  const kept: number[] = []
  let free = Infinity
  for (const v of [...new Set(values)].sort((a, b) => b - a)) {
    const half = 4.5 * text(v).length + 3
    if (x(v) + half > free) continue
    kept.push(v)
    free = x(v) - half
  }
  return kept
}
