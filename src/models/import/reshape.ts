import { ShapeError } from '../../errors.ts'
import { reshape } from '../../ops/shape.ts'
import { type Shape, show, size } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import type { Setting } from './call.ts'
import { lengths, type Numbers, plain } from './value.ts'

/** Lengths that were computed, as a shape of the core; k·N is −k, and −1 ("what is left") becomes 0. */
export function shapeOf({ data, batch }: Numbers): Shape {
  return Array.from(data, (d, i) => {
    const k = batch?.[i] ?? 0
    const valid = k === 0 ? d > 0 || d === -1 : d === 0 && k > 0
    if (!valid || !Number.isSafeInteger(k === 0 ? d : k))
      throw new ShapeError(`[${Array.from(data)}] is no shape that a tensor can have.`)
    return k > 0 ? -k : Math.max(d, 0)
  })
}

/**
 * The same elements in the shape that a file asks for. A file that was exported for one picture says [1, 256] or even
 * [256] where N pictures need [N, 256]: the batch then stands where as many elements lie in front of it as before.
 */
export function reshapeTo(x: Tensor, wanted: Numbers, setting: Setting): Tensor {
  const target = shapeOf(wanted)
  if (target.filter(d => d === 0).length > 1) throw new ShapeError(`[${plain(wanted)}] has more than one -1.`)
  const at = x.shape.findIndex(d => d < 0)
  if (at < 0 || target.some(d => d < 0)) return reshape(x, filled(x.shape, target))
  const literal = filled(
    x.shape.map(d => (d < 0 ? -d * setting.batch : d)),
    target,
  )
  // A file for any number of pictures means what it says, but for a 1 in front that was written for one picture.
  const grows = !setting.fixed && target.includes(0) && !(at === 0 && literal[0] === 1)
  return reshape(x, grows ? filled(x.shape, target) : withBatch(x.shape, at, literal, setting.batch))
}

/** The target with what is left in the place of a 0. */
function filled(shape: Shape, target: Shape): Shape {
  const rest = size(shape) / size(target.map(d => (d === 0 ? 1 : d)))
  if (target.includes(0) ? !Number.isInteger(rest) : rest !== 1)
    throw new ShapeError(
      `Cannot reshape [${show(shape)}] to [${show(target)}]: they hold different numbers of elements.`,
    )
  return target.map(d => (d === 0 ? rest : d))
}

function withBatch(shape: Shape, at: number, literal: Shape, batch: number): Shape {
  const before = size(shape.slice(0, at))
  const fits = (i: number): boolean => size(literal.slice(0, i)) === before && literal[i] % batch === 0
  const place = at < literal.length && fits(at) ? at : literal.findIndex((_, i) => fits(i))
  if (place < 0) throw new ShapeError(`Cannot reshape [${show(shape)}] to [${show(literal)}] for every picture alone.`)
  return literal.map((d, i) => (i === place ? -d / batch : d))
}

/** Reshape's target with each 0 replaced by the length that x has there. */
export function zerosCopied(target: Numbers, shape: Shape): Numbers {
  const own = lengths(shape)
  const copied = Array.from(target.data, (d, i) => d === 0 && (target.batch?.[i] ?? 0) === 0)
  if (copied.some((copy, i) => copy && i >= shape.length))
    throw new ShapeError(`[${Array.from(target.data)}] copies an axis that [${show(shape)}] does not have.`)
  return {
    ...target,
    data: target.data.map((d, i) => (copied[i] ? own.data[i] : d)),
    batch: Float64Array.from(copied, (copy, i) => (copy ? (own.batch?.[i] ?? 0) : (target.batch?.[i] ?? 0))),
  }
}
