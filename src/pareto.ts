const BINS = 1024

/**
 * Which points (u, v) are dominated by one other point at most, by falling u; equal points are dominated by the earlier
 * ones. They lie in the first two Pareto layers. O(N log N); O(N) where few are left. Points that are not finite take no part.
 */
export function rarelyDominated(u: Float32Array, v: Float32Array): number[] {
  const beyond = new TopTwo()
  return candidates(u, v)
    .sort((i, k) => u[k] - u[i] || v[k] - v[i] || i - k)
    .filter(i => v[i] > beyond.second && beyond.add(v[i]))
}

/** Leaves out, before anything is sorted, what two points of other bins of u dominate. */
function candidates(u: Float32Array, v: Float32Array): number[] {
  const points: number[] = []
  for (let i = 0; i < u.length; i++) if (Number.isFinite(u[i]) && Number.isFinite(v[i])) points.push(i)
  let [low, high] = [Infinity, -Infinity]
  for (const i of points) {
    if (u[i] < low) low = u[i]
    if (u[i] > high) high = u[i]
  }
  const bin = (i: number): number => Math.trunc(((u[i] - low) / (high - low || 1)) * (BINS - 1))
  const tops = Array.from({ length: BINS }, () => new TopTwo())
  for (const i of points) tops[bin(i)].add(v[i])
  const beyond = new TopTwo()
  const least = new Float32Array(BINS) // the second best v of the bins beyond
  for (let b = BINS - 1; b >= 0; b--) {
    least[b] = beyond.second
    beyond.add(tops[b].first)
    beyond.add(tops[b].second)
  }
  return points.filter(i => v[i] > least[bin(i)])
}

/** The largest two of the numbers that were added. */
class TopTwo {
  first = -Infinity
  second = -Infinity

  add(v: number): true {
    if (v > this.first) [this.first, this.second] = [v, this.first]
    else if (v > this.second) this.second = v
    return true
  }
}
