import { AdvxError, ShapeError } from '../../../errors.ts'
import { reshape, transpose } from '../../../ops/shape.ts'
import { type Shape, show, size } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import { demandNoBatch } from '../axes.ts'
import type { Call, Operator, Operators } from '../call.ts'

/** A tensor whose axes have names: letters, or "...0", "...1" from the right for what an ellipsis covers. */
interface Named {
  readonly x: Tensor
  readonly axes: readonly string[]
}

/**
 * Σ over the named axes that the result lacks, of the product of all factors; pair by pair, each a matrix product.
 * https://onnx.ai/onnx/operators/onnx__Einsum.html
 */
const einsum: Operator = call => {
  const equation = call.text('equation').replaceAll(' ', '')
  const [left, right] = equation.split('->')
  const terms = left.split(',')
  if (terms.length !== call.values().length)
    throw new AdvxError('model', `Its equation '${equation}' names ${terms.length} factors of ${call.values().length}.`)
  const factors = terms.map((term, i) => named(call.tensor(i), term, equation))
  const wanted = right === undefined ? implied(factors, left) : axesIn(right, ellipsisOf(factors), equation)
  const all = new Set(factors.flatMap(({ axes }) => axes))
  if (wanted.some(axis => !all.has(axis)) || new Set(wanted).size < wanted.length)
    throw new AdvxError('model', `Its equation '${equation}' asks for an axis that no factor has, or for one twice.`)
  const product = factors.reduce((a, b, i) => {
    const later = new Set([...wanted, ...factors.slice(i + 1).flatMap(({ axes }) => axes)])
    return multiplied(call, a, b, axis => later.has(axis))
  })
  return ordered(
    summed(product, axis => wanted.includes(axis)),
    wanted,
  )
}

/** Letters one by one, and an ellipsis as the names that it stands for. */
function axesIn(term: string, ellipsis: readonly string[], equation: string): string[] {
  const parts = term.match(/\.\.\.|[A-Za-z]/g) ?? []
  if (parts.join('') !== term || parts.filter(part => part === '...').length > 1)
    throw new AdvxError('model', `Its equation '${equation}' is none of letters, commas, '...' and '->'.`)
  return parts.flatMap(part => (part === '...' ? ellipsis : part))
}

function named(x: Tensor, term: string, equation: string): Named {
  const covered = x.shape.length - term.replace('...', '').length
  const ellipsis = Array.from({ length: Math.max(0, covered) }, (_, i) => `...${covered - 1 - i}`)
  const axes = axesIn(term, ellipsis, equation)
  if (axes.length !== x.shape.length)
    throw new ShapeError(`'${term}' of its equation '${equation}' does not name the axes of [${show(x.shape)}].`)
  if (new Set(axes).size < axes.length)
    throw new ShapeError(`'${term}' of its equation '${equation}' takes a diagonal, which advx does not know.`)
  return { x, axes }
}

/** The names that the longest ellipsis covers. */
function ellipsisOf(factors: readonly Named[]): string[] {
  const all = factors.map(({ axes }) => axes.filter(axis => axis.startsWith('...')))
  return all.reduce((a, b) => (b.length > a.length ? b : a))
}

/** Without "->": what the ellipses cover, then the letters that come once, in alphabetical order. */
function implied(factors: readonly Named[], left: string): string[] {
  const once = [...left.replace(/[.,]/g, '')].filter((letter, _, all) => all.filter(l => l === letter).length === 1)
  return [...ellipsisOf(factors), ...once.sort()]
}

const lengthOf = ({ x, axes }: Named, axis: string): number | undefined => x.shape[axes.indexOf(axis)]

/** Σ over the axes that are not kept. */
function summed(one: Named, kept: (axis: string) => boolean): Named {
  const gone = [...one.axes.keys()].filter(i => !kept(one.axes[i]))
  if (gone.length === 0) return one
  demandNoBatch(one.x.shape, gone, 'sums over')
  return without(one.x.sum(gone), one.axes, gone)
}

const without = (x: Tensor, axes: readonly string[], gone: readonly number[]): Named => ({
  x: reshape(
    x,
    x.shape.filter((_, i) => !gone.includes(i)),
  ),
  axes: axes.filter((_, i) => !gone.includes(i)),
})

function ordered({ x, axes }: Named, wanted: readonly string[]): Tensor {
  return transpose(
    x,
    wanted.map(axis => axes.indexOf(axis)),
  )
}

/** The axes of length 1 that the other factor has longer are repeated there: they add nothing. */
function narrowed(one: Named, other: Named): Named {
  const gone = [...one.axes.keys()].filter(i => one.x.shape[i] === 1 && (lengthOf(other, one.axes[i]) ?? 1) !== 1)
  return without(one.x, one.axes, gone)
}

/** The product of two factors, summed over their common axes that are not kept: a stack of matrix products. */
function multiplied(call: Call, first: Named, second: Named, kept: (axis: string) => boolean): Named {
  const [left, right] = [narrowed(first, second), narrowed(second, first)]
  const a = summed(left, axis => kept(axis) || right.axes.includes(axis))
  const b = summed(right, axis => kept(axis) || left.axes.includes(axis))
  const common = a.axes.filter(axis => b.axes.includes(axis))
  for (const axis of common)
    if (lengthOf(a, axis) !== lengthOf(b, axis))
      throw new ShapeError(
        `The axis '${axis}' is of different lengths in [${show(a.x.shape)}] and [${show(b.x.shape)}].`,
      )
  const stack = common.filter(kept)
  const inner = common.filter(axis => !kept(axis))
  const [rows, columns] = [a, b].map(({ axes }) => axes.filter(axis => !common.includes(axis)))
  const lengths = (one: Named, axes: readonly string[]): Shape => axes.map(axis => lengthOf(one, axis)!)
  demandNoBatch(
    a.x.shape,
    inner.map(axis => a.axes.indexOf(axis)),
    'sums over',
  )
  const outer = [...lengths(a, stack), ...lengths(a, rows), ...lengths(b, columns)]
  const elements = call.setting.budget.activation(outer)
  if (!call.live) call.setting.budget.work(elements * size(lengths(a, inner)))
  const matrices = (one: Named, order: readonly (readonly string[])[]): Tensor => {
    const [m, n] = order.map(axes => size(lengths(one, axes)))
    return reshape(ordered(one, [...stack, ...order.flat()]), [...lengths(one, stack), m, n])
  }
  const [p, q] = [matrices(a, [rows, inner]), matrices(b, [inner, columns])]
  return { x: reshape(inner.length === 0 ? p.mul(q) : p.matmul(q), outer), axes: [...stack, ...rows, ...columns] }
}

export const EINSUMS: Operators = { Einsum: einsum }
