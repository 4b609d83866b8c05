/** Finished results that may wait for a slow one before them. */
const BACKLOG = 4096

/**
 * Runs `work` on each item, `inFlight` at a time, and yields the results in the items' order. An error ends it; an
 * aborted signal ends it without one, after no further result.
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  inFlight: number,
  signal?: AbortSignal,
): AsyncGenerator<R> {
  const results = new Map<number, Promise<R>>()
  let started = 0
  let active = 0
  let wake = (): void => {}
  const fill = (from: number): void => {
    while (started < items.length && active < inFlight && started < from + BACKLOG && !signal?.aborted) {
      active++
      const promise = work(items[started]).finally(() => {
        active--
        wake()
      })
      promise.catch(() => {}) // told when its turn comes
      results.set(started++, promise)
    }
  }
  const aborted = new Promise<null>(resolve => {
    if (signal?.aborted) resolve(null)
    signal?.addEventListener('abort', () => resolve(null), { once: true })
  })
  try {
    for (let next = 0; next < items.length; next++) {
      wake = () => fill(next)
      fill(next)
      if (signal?.aborted) return
      const result = await Promise.race([results.get(next)!.then(value => ({ value })), aborted])
      results.delete(next)
      if (result === null || signal?.aborted) return
      yield result.value
    }
  } finally {
    wake = () => {} // nothing more is begun
  }
}
