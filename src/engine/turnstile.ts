/** Lets at most `places` calls of a function run at a time; the others wait their turn. */
export function turnstile<A extends readonly unknown[], R>(
  places: number,
  work: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  const queue: (() => void)[] = []
  let free = places
  return async (...args) => {
    if (free > 0) free--
    else await new Promise<void>(resolve => queue.push(resolve))
    try {
      return await work(...args)
    } finally {
      const next = queue.shift()
      if (next) next()
      else free++
    }
  }
}
