const BINS = 1024

/**
 * Which points (u, v) are dominated by one other point at most, by falling u; equal points are dominated by the earlier
 * ones. They lie in the first two Pareto layers. O(N log N); O(N) where few are left. Points that are not finite take no part.
 */
export function rarelyDominated(u: Float32Array, v: Float32Array): number[] {
  const beyond = topTwo(1)
  return candidates(u, v)
    .sort((i, k) => u[k] - u[i] || v[k] - v[i] || i - k)
    .filter(i => {
      const rare = v[i] > beyond[1]
      if (rare) add(beyond, 0, v[i])
      return rare
    })
}

/** Leaves out, before anything is sorted, what two points of other bins of u dominate. */
function candidates(u: Float32Array, v: Float32Array): number[] {
  const takesPart = (i: number): boolean => Number.isFinite(u[i]) && Number.isFinite(v[i])
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < u.length; i++) {
    if (!takesPart(i)) continue
    if (u[i] < low) low = u[i]
    if (u[i] > high) high = u[i]
  }
  const bin = (i: number): number => Math.trunc(((u[i] - low) / (high - low || 1)) * (BINS - 1))
  const tops = topTwo(BINS)
  for (let i = 0; i < u.length; i++) if (takesPart(i)) add(tops, bin(i), v[i])
  const beyond = topTwo(1)
  const least = new Float32Array(BINS) // the second best v of the bins beyond
  for (let b = BINS - 1; b >= 0; b--) {
    least[b] = beyond[1]
    add(beyond, 0, tops[2 * b])
    add(beyond, 0, tops[2 * b + 1])
  }
  const points: number[] = []
  for (let i = 0; i < u.length; i++) if (takesPart(i) && v[i] > least[bin(i)]) points.push(i)
  return points
}

/** Of each of `count` groups the largest two numbers that were added, one after the other. */
const topTwo = (count: number): Float32Array => new Float32Array(2 * count).fill(-Infinity)

function add(tops: Float32Array, group: number, v: number): void {
  const [first, second] = [2 * group, 2 * group + 1]
  if (v > tops[first]) {
    tops[second] = tops[first]
    tops[first] = v
  } else if (v > tops[second]) tops[second] = v
}
