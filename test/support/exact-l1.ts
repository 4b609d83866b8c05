/**
 * The nearest point to `x` within L1 distance `eps` of `x0` and in [0, 1], by sorting: Σᵢ clip(|dᵢ| − λ, 0, uᵢ) falls
 * piecewise linearly in λ, with kinks at |dᵢ| and |dᵢ| − uᵢ; the piece that holds ε is solved.
 */
export function nearestInL1BallAndBox(x: ArrayLike<number>, x0: ArrayLike<number>, eps: number): number[] {
  const d = Array.from(x, (v, i) => v - x0[i])
  const room = d.map((v, i) => (v > 0 ? 1 - x0[i] : x0[i]))
  const moved = (lambda: number): number[] =>
    d.map((v, i) => Math.sign(v) * Math.min(Math.max(Math.abs(v) - lambda, 0), room[i]))
  const length = (lambda: number): number => moved(lambda).reduce((total, v) => total + Math.abs(v), 0)
  const point = (lambda: number): number[] => moved(lambda).map((v, i) => x0[i] + v)
  if (length(0) <= eps) return point(0)
  const kinks = [0, ...d.flatMap((v, i) => [Math.abs(v), Math.abs(v) - room[i]])].filter(k => k >= 0)
  kinks.sort((a, b) => a - b)
  const right = kinks.findIndex(k => length(k) <= eps)
  const [a, b] = [kinks[right - 1], kinks[right]]
  const [high, low] = [length(a), length(b)]
  return point(a + ((b - a) * (high - eps)) / (high - low))
}
