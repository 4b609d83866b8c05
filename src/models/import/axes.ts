import { expected, ShapeError } from '../../errors.ts'
import { type Shape, show } from '../../shape.ts'

/** An axis, counted from the end where it is negative. */
export function axisOf(axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis
  if (!(Number.isInteger(at) && at >= 0 && at < rank))
    throw expected('model', `an axis of ${rank}`, 'the operator', axis)
  return at
}

/** Axes in ascending order, each once. */
export function axesOf(axes: readonly number[], rank: number): number[] {
  const all = axes.map(axis => axisOf(axis, rank)).sort((a, b) => a - b)
  if (new Set(all).size < all.length) throw new ShapeError(`The axes [${axes.join(', ')}] name one twice.`)
  return all
}

/** Throws where an operator would mix pictures: `what` it does to an axis that is the batch. */
export function demandNoBatch(shape: Shape, axes: readonly number[], what: string): void {
  if (axes.some(axis => shape[axis] < 0))
    throw new ShapeError(`It ${what} the batch of [${show(shape)}], so that pictures would depend on each other.`)
}
