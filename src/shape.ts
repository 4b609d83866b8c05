import { ShapeError } from './errors.ts'

/**
 * Lengths of the axes. A negative length −k stands for k·N, where N is the batch: -1 is the batch axis itself,
 * and an axis of 3 channels flattened into it is -3. Products, quotients and comparisons then need no special case.
 */
export type Shape = readonly number[]

/** The batch axis. */
export const N = -1

/** Number of elements; −k stands for k·N. */
export function size(shape: Shape): number {
  if (shape.filter(d => d < 0).length > 1) throw new ShapeError(`[${show(shape)}] has the batch in two axes`)
  return shape.reduce((a, b) => a * b, 1)
}

/** The shape with the batch filled in. */
export const resolve = (shape: Shape, batch: number): number[] => shape.map(d => (d < 0 ? -d * batch : d))

/** NumPy broadcasting: align right; equal, or one of them 1. */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1
    const n = b[i - rank + b.length] ?? 1
    if (m !== n && m !== 1 && n !== 1)
      throw new ShapeError(`Cannot broadcast [${show(a)}] with [${show(b)}]: axis ${i} is ${one(m)} and ${one(n)}`)
    return m === 1 ? n : m
  })
}

export const equal = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i])

/** Row-major strides, in elements. */
export function strides(shape: readonly number[]): number[] {
  const out = new Array<number>(shape.length)
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    out[axis] = step
    step *= shape[axis]
  }
  return out
}

/** "N, 3, 32, 32" */
export const show = (shape: Shape): string => shape.map(one).join(', ')
const one = (d: number): string => (d === -1 ? 'N' : d < 0 ? `${-d}N` : `${d}`)
