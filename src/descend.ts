/** Steps, with the change of the slope along each, that are remembered. */
const HISTORY = 10
/** Armijo's: the least share of what the slope promises that a step must bring. */
const SUFFICIENT = 1e-4
/** Of the value: a step that brings less is the last. */
const PROGRESS = 1e-6
/** Trials of one step's length. */
const TRIALS = 12
const TINY = 1e-12

/** A function of pictures. The gradient is asked for only where a step ends. */
export interface Objective<V extends { readonly value: number }> {
  at(x: Float32Array): Promise<V>
  gradient(x: Float32Array, at: V): Promise<Float32Array>
}
/** Between what each value of a picture stays. */
export interface Box {
  readonly low: Float32Array
  readonly high: Float32Array
}
interface Pair {
  readonly s: Float32Array
  readonly y: Float32Array
  /** ⟨s, y⟩ */
  readonly sy: number
}

/**
 * Descends in a box by L-BFGS (Liu and Nocedal 1989, https://doi.org/10.1007/BF01589116): Newton's step by the last ten
 * changes of the slope, over the values that are free, not held at an end of the box by the slope; clipped to the box,
 * and shortened until it brings enough.
 *
 * @param steps values asked for, at most.
 * @yields where steps end, the first at `start`; the value falls from each to the next.
 */
export async function* descend<V extends { readonly value: number }>(
  { at, gradient }: Objective<V>,
  start: Float32Array,
  box: Box,
  steps: number,
): AsyncGenerator<V & { readonly x: Float32Array }, void, void> {
  let [x, here] = [start, await at(start)]
  yield { ...here, x }
  let g = await gradient(x, here)
  let pairs: Pair[] = []
  for (let asked = 1; asked < steps; ) {
    const free = g.map((v, i) => Number(v > 0 ? x[i] > box.low[i] : x[i] < box.high[i]))
    const slope = g.map((v, i) => v * free[i])
    const direction = newton(pairs, slope).map((v, i) => -v * free[i])
    let length = pairs.length > 0 ? 1 : 1 / Math.max(Math.sqrt(dot(slope, slope)), TINY)
    let moved: { readonly x: Float32Array; readonly s: Float32Array; readonly at: V } | null = null
    for (let trial = 0; !moved && trial < TRIALS && asked < steps; trial++) {
      const next = x.map((v, i) => Math.min(Math.max(v + length * direction[i], box.low[i]), box.high[i]))
      const s = next.map((v, i) => v - x[i])
      const promised = dot(g, s)
      if (promised >= 0) break
      const there = await at(next)
      asked++
      if (there.value <= here.value + SUFFICIENT * promised) moved = { x: next, s, at: there }
      // Where the parabola through both values and the slope is least.
      const least = promised / (2 * (promised - (there.value - here.value)))
      length *= Math.min(Math.max(least, 0.1), 0.5)
    }
    if (!moved && pairs.length === 0) return
    if (!moved) {
      pairs = [] // once more, straight down the slope
      continue
    }
    const gained = here.value - moved.at.value
    yield { ...moved.at, x: moved.x }
    if (gained <= PROGRESS * Math.abs(here.value)) return
    const before = g
    ;[x, here] = [moved.x, moved.at]
    g = await gradient(x, here)
    const y = g.map((v, i) => v - before[i])
    const sy = dot(moved.s, y)
    if (sy > TINY * dot(y, y)) pairs = [...pairs, { s: moved.s, y, sy }].slice(-HISTORY)
  }
}

/** H·g, with the inverse Hessian H that the pairs tell of: the two loops, over the pairs from the last and back. */
function newton(pairs: readonly Pair[], g: Float32Array): Float32Array {
  const q = g.slice()
  const add = (v: Float32Array, factor: number): void => {
    for (let i = 0; i < q.length; i++) q[i] += factor * v[i]
  }
  const shares = pairs.map(() => 0)
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, sy } = pairs[k]
    shares[k] = dot(s, q) / sy
    add(y, -shares[k])
  }
  const last = pairs.at(-1)
  const scale = last ? last.sy / dot(last.y, last.y) : 1
  for (let i = 0; i < q.length; i++) q[i] *= scale
  for (const [k, { s, y, sy }] of pairs.entries()) add(s, shares[k] - dot(y, q) / sy)
  return q
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
