/** What went wrong, by whose move: the exit code and the wording of a hint follow from it. */
export type Fault = 'usage' | 'model' | 'picture' | 'output' | 'internal'

/**
 * An error that a user can act on: it says what was expected, what came and what to do.
 * Everything else that is thrown is a bug of advx and keeps its stack trace.
 */
export class AdvxError extends Error {
  override name = 'AdvxError'
  readonly fault: Fault

  constructor(fault: Fault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}

/** Two tensors or an attribute do not fit together; a model file can cause it, so it is a `model` fault. */
export class ShapeError extends AdvxError {
  override name = 'ShapeError'

  constructor(message: string) {
    super('model', message)
  }
}

/** The caller asked to stop: the same command goes on from what is done. */
export class Interrupted extends Error {
  override name = 'Interrupted'

  constructor(hint = 'the same command resumes') {
    super(`Interrupted: ${hint}.`)
  }
}

/** "Expected a number above 0 for --steps but got -3. Try --steps 10." The hint is a whole sentence. */
export function expected(fault: Fault, what: string, subject: string, got: unknown, hint = ''): AdvxError {
  return new AdvxError(fault, `Expected ${what} for ${subject} but got ${show(got)}.${hint && ` ${hint}`}`)
}

const show = (value: unknown): string =>
  typeof value === 'string' ? `'${value}'` : Array.isArray(value) ? `[${value.join(', ')}]` : String(value)

/** The nearest of `names` when it is near enough to be a slip of the finger, as a sentence. */
export function suggest(name: string, names: readonly string[]): string {
  const [best] = closest(name, names, 1)
  if (best === undefined) return ''
  return slips(name, best) <= Math.max(1, Math.floor(best.length / 3)) ? `Did you mean '${best}'?` : ''
}

/** Up to `count` of `names`, those that differ least first. */
export const closest = (name: string, names: readonly string[], count: number): string[] =>
  names
    .map(n => [slips(name, n), n] as const)
    .sort(([a], [b]) => a - b)
    .slice(0, count)
    .map(([, n]) => n)

const slips = (a: string, b: string): number => distance(a.toLowerCase(), b.toLowerCase())

/** Levenshtein's edit distance, one row at a time; two neighbours that changed places count once. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1]))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        next[j] = Math.min(next[j], before[j - 2] + 1)
    }
    before = row
    row = next
  }
  return row[b.length]
}
