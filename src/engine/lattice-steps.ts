// Steps of a picture from level to level: what they gain of the lead, what they cost of the distance.

/** Steps in the order in which they shall be taken. */
export interface Steps {
  /** Values, or pixels, that move. */
  readonly at: ArrayLike<number>
  readonly price: ArrayLike<number>
}

/** One measure of distance as a sum of prices of steps. `gradient`: of the lead, as of the picture `levels`. */
export interface Measure {
  /** The distance, in the unit of the prices. */
  total(levels: Uint8Array, x0: Uint8Array): number
  /** Steps towards x0 that lose least for what they save, saving at least `price` together if there are as many. */
  inward(levels: Uint8Array, x0: Uint8Array, gradient: Float32Array, channels: number, price: number): Steps
  /** Steps away from x0 that gain most for what they cost, at most `price` together. */
  outward(levels: Uint8Array, x0: Uint8Array, gradient: Float32Array, channels: number, price: number): Steps
  /** Takes the first `count` steps. */
  take(
    levels: Uint8Array,
    x0: Uint8Array,
    gradient: Float32Array,
    steps: Steps,
    count: number,
    inward: boolean,
  ): Uint8Array
}

/** L2: the m-th level of a value costs m² − (m − 1)². */
export const squares: Measure = byValue(m => 2 * m - 1, 1)
/** L1: each level costs 1. */
export const values: Measure = byValue(() => 1, 255)

/** @param deep levels that one value may go outward at a time */
function byValue(cost: (m: number) => number, deep: number): Measure {
  return {
    total(levels, x0) {
      let sum = 0
      for (let i = 0; i < levels.length; i++)
        for (let m = Math.abs(levels[i] - x0[i]); m > 0; m--) sum += cost(m)
      return sum
    },
    inward(levels, x0, gradient, _, price) {
      const list = new Ranked()
      for (let i = 0; i < levels.length; i++) {
        const d = levels[i] - x0[i]
        const loss = gradient[i] * Math.sign(d)
        for (let m = Math.abs(d); m > 0; m--) list.add(i, -loss / cost(m), cost(m))
      }
      return list.best(price)
    },
    outward(levels, x0, gradient, _, price) {
      const list = new Ranked()
      for (let i = 0; i < levels.length; i++) {
        const way = Math.sign(gradient[i])
        const d = levels[i] - x0[i]
        if (way === 0 || d * way < 0) continue
        const room = way > 0 ? 255 - levels[i] : levels[i]
        const from = Math.abs(d)
        for (let m = from + 1; m <= from + Math.min(room, deep); m++)
          list.add(i, Math.abs(gradient[i]) / cost(m), cost(m))
      }
      return list.best(price)
    },
    take(levels, x0, gradient, { at }, count, inward) {
      const out = levels.slice()
      for (let k = 0; k < count; k++) {
        const i = at[k]
        out[i] += inward ? Math.sign(x0[i] - out[i]) : Math.sign(gradient[i])
      }
      return out
    },
  }
}

/** L0: a pixel costs 1 as soon as it moves, and then may have any color. */
export const pixels: Measure = {
  total: () => 0,
  inward: () => ({ at: [], price: [] }),
  outward: () => ({ at: [], price: [] }),
  take: levels => levels,
}

/** Steps with a worth each, of which the best are wanted. */
class Ranked {
  private readonly at: number[] = []
  private readonly worth: number[] = []
  private readonly price: number[] = []

  add(at: number, worth: number, price: number): void {
    this.at.push(at)
    this.worth.push(worth)
    this.price.push(price)
  }

  /** The best ones, until their prices add up to `most`. */
  best(most: number): Steps {
    const order = Uint32Array.from(this.at.keys()).sort((a, b) => this.worth[b] - this.worth[a] || a - b)
    let [sum, count] = [0, 0]
    while (count < order.length && sum + this.price[order[count]] <= most) sum += this.price[order[count++]]
    const chosen = order.subarray(0, count)
    return { at: Array.from(chosen, k => this.at[k]), price: Array.from(chosen, k => this.price[k]) }
  }
}
