/**
 * Steps by what each is worth for its cost, the best first; of those that tie the one that was added first. A heap: of
 * many only those that are asked for are put in order.
 */
export class Ranking {
  private steps = new Int32Array(1024)
  private times = new Int32Array(1024)
  private worth = new Float64Array(1024)
  private cost = new Float64Array(1024)
  private length = 0

  /** @param times how often the step can be taken, each time at that cost; what costs nothing comes first. */
  add(step: number, worth: number, cost: number, times = 1): void {
    const at = this.length++
    if (at === this.steps.length) this.grow()
    this.steps[at] = step
    this.times[at] = times
    this.worth[at] = cost === 0 ? Infinity : worth
    this.cost[at] = cost
  }

  /** The first steps, until they cost `cost` or more or are so many. */
  atLeast(cost: number, count = Infinity): number[] {
    let sum = 0
    return this.first(count, own => {
      const goesOn = sum < cost
      sum += own
      return goesOn
    })
  }

  /** The first steps, as long as they cost `cost` or less. */
  atMost(cost: number): number[] {
    let sum = 0
    return this.first(Infinity, own => (sum += own) <= cost)
  }

  private first(count: number, goesOn: (cost: number) => boolean): number[] {
    const heap = new Uint32Array(this.length)
    for (let i = 0; i < heap.length; i++) heap[i] = i
    for (let at = (heap.length >> 1) - 1; at >= 0; at--) this.sink(heap, at, heap.length)
    const out: number[] = []
    for (let left = heap.length; left > 0; left--) {
      const top = heap[0]
      for (let n = this.times[top]; n > 0; n--) {
        if (out.length >= count || !goesOn(this.cost[top])) return out
        out.push(this.steps[top])
      }
      heap[0] = heap[left - 1]
      this.sink(heap, 0, left - 1)
    }
    return out
  }

  /** Moves the entry at a place of the heap below all that come before it. */
  private sink(heap: Uint32Array, from: number, length: number): void {
    const entry = heap[from]
    let at = from
    for (let child = 2 * at + 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && this.precedes(heap[child + 1], heap[child])) child++
      if (!this.precedes(heap[child], entry)) break
      heap[at] = heap[child]
      at = child
    }
    heap[at] = entry
  }

  private precedes(a: number, b: number): boolean {
    return this.worth[a] === this.worth[b] ? a < b : this.worth[a] > this.worth[b]
  }

  private grow(): void {
    const wider = <A extends Int32Array | Float64Array>(wide: A, old: A): A => {
      wide.set(old)
      return wide
    }
    const room = 2 * this.steps.length
    this.steps = wider(new Int32Array(room), this.steps)
    this.times = wider(new Int32Array(room), this.times)
    this.worth = wider(new Float64Array(room), this.worth)
    this.cost = wider(new Float64Array(room), this.cost)
  }
}
