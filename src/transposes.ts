import { rewrite } from './graph.ts'
import { isElementwise } from './ops/elementwise.ts'
import type { Attrs } from './ops/op.ts'
import { inverse, reshape, transpose } from './ops/shape.ts'
import { equal, type Shape, size } from './shape.ts'
import { bind, isConstant, type Tensor } from './tensor.ts'

/** Axis i of the result is axis perm[i] of what is turned. */
type Perm = readonly number[]

/**
 * The same values with fewer transpositions. Each sinks towards the outputs, through what treats all places of a tensor
 * alike, until it meets its inverse, moves only axes of length 1 (a reshape), or comes to a product with a constant
 * matrix, whose rows are turned instead. So a network whose pictures are [N, H, W, C] loses all those between operators
 * that take [N, C, H, W].
 */
export const sinkTransposes = (outputs: readonly Tensor[]): Tensor[] =>
  rewrite(outputs, (node, inputs) => {
    const { op, attrs, shape } = node
    const [x] = inputs
    if (op.name === 'transpose') return turned(x, attrs.perm as Perm)
    if (op.name === 'matmul') return product(x, inputs[1])
    const source = inputs.find(isTurned)
    if (!source) return undefined
    if (op.name === 'reshape') return reshaped(x, shape)
    if (isElementwise(op)) return through(node, inputs, permOf(source))
    if (op.name === 'concat')
      return through(node, inputs, permOf(source), { axis: permOf(source)[attrs.axis as number] })
    if (Object.hasOwn(ALONG, op.name))
      return through(node, inputs, permOf(source), ALONG[op.name](attrs, permOf(source)))
    return undefined
  })

const isTurned = (t: Tensor): boolean => t.op.name === 'transpose'
const permOf = (t: Tensor): Perm => t.attrs.perm as Perm

/** One transposition instead of two; none, or a reshape, where only axes of length 1 move. */
function turned(x: Tensor, perm: Perm): Tensor {
  if (isTurned(x)) {
    const before = permOf(x)
    return turned(
      x.inputs[0],
      perm.map(p => before[p]),
    )
  }
  const moving = perm.filter(p => x.shape[p] !== 1)
  if (moving.some((p, i) => i > 0 && p < moving[i - 1])) return transpose(x, perm)
  const shape = perm.map(p => x.shape[p])
  return equal(shape, x.shape) ? x : reshape(x, shape)
}

/** What operators along axes say of these, for the tensor before it is turned. */
const ALONG: Readonly<Record<string, (attrs: Attrs, perm: Perm) => Attrs>> = {
  sum: axesBack,
  mean: axesBack,
  max: axesBack,
  reverse: axesBack,
  slice: (attrs, perm) => eachBack(attrs, ['starts', 'steps', 'lengths'], perm),
  take: (attrs, perm) => ({ axis: perm[attrs.axis as number] }),
  place: (attrs, perm) => eachBack(attrs, ['starts', 'steps', 'shape'], perm),
}

function axesBack({ axes }: Attrs, perm: Perm): Attrs {
  return { axes: (axes as Perm).map(axis => perm[axis]).sort((a, b) => a - b) }
}

const eachBack = (attrs: Attrs, names: readonly string[], perm: Perm): Attrs =>
  Object.fromEntries(names.map(name => [name, inverse(perm).map(i => (attrs[name] as Shape)[i])]))

/**
 * The operator on inputs as they were before they were turned, and its result turned: where no more inputs than
 * before are turned then. The result will most likely meet the inverse.
 */
function through(
  { op, attrs, shape }: Tensor,
  inputs: readonly Tensor[],
  perm: Perm,
  told: Attrs = {},
): Tensor | undefined {
  if (perm.length !== shape.length) return undefined
  const back = inputs.map(t => turnedBack(t, perm))
  const count = (all: readonly Tensor[]): number => all.filter((t, i) => isTurned(t) && !isConstant(inputs[i])).length
  return count(back) <= count(inputs) ? turned(bind(op, back, { ...attrs, ...told }), perm) : undefined
}

/** What t is the turned form of, as far as a broadcast can tell. */
function turnedBack(t: Tensor, perm: Perm): Tensor {
  if (size(t.shape) === 1) return t
  const full = [...new Array<number>(perm.length - t.shape.length).fill(1), ...t.shape]
  return turned(equal(full, t.shape) ? t : reshape(t, full), inverse(perm))
}

/**
 * A reshape of a turned tensor as one of the tensor itself, which is turned afterwards. Axes that become one have to be
 * neighbours before.
 */
function reshaped(x: Tensor, shape: Shape): Tensor | undefined {
  const [source] = x.inputs
  const perm = permOf(x)
  const groups = matched(x.shape, shape)?.sort((a, b) => first(a, perm) - first(b, perm))
  if (!groups) return undefined
  const neighbours = turned(
    source,
    groups.flatMap(({ from }) => from.map(axis => perm[axis])),
  )
  const places = groups.flatMap(({ to }) => to)
  const target = reshape(
    neighbours,
    places.map(axis => shape[axis]),
  )
  return turned(target, inverse(places))
}

/** Axes that hold the same elements before and after a reshape. */
interface Group {
  readonly from: readonly number[]
  readonly to: readonly number[]
}

const first = ({ from }: Group, perm: Perm): number => Math.min(...from.map(axis => perm[axis]))

/** The axes of both shapes in groups as small as possible, of which one is alone on either side; null where none are. */
function matched(from: Shape, to: Shape): Group[] | null {
  const groups: Group[] = []
  let [i, j] = [0, 0]
  while (i < from.length || j < to.length) {
    const [a, b] = [i, j]
    let [before, after] = [from[i++] ?? 1, to[j++] ?? 1]
    while (before !== after && (i < from.length || j < to.length)) {
      if (j >= to.length || (i < from.length && Math.abs(before) < Math.abs(after))) before *= from[i++]
      else after *= to[j++]
    }
    const group = { from: range(a, Math.min(i, from.length)), to: range(b, Math.min(j, to.length)) }
    if (before !== after || (group.from.length > 1 && group.to.length > 1)) return null
    groups.push(group)
  }
  return groups
}

const range = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, k) => start + k)

/** Pictures' rows of turned elements times a constant matrix: rows as they were times a matrix of turned rows. */
function product(a: Tensor, b: Tensor): Tensor | undefined {
  const [x] = a.inputs
  if (a.op.name !== 'reshape' || !isTurned(x) || !isConstant(b) || b.shape.length !== 2) return undefined
  const perm = permOf(x)
  if (a.shape.length !== 2 || a.shape[0] !== x.shape[0] || perm[0] !== 0) return undefined
  const columns = b.shape[1]
  const rows = reshape(b, [...x.shape.slice(1), columns])
  const back = [...inverse(perm.slice(1).map(p => p - 1)), perm.length - 1]
  return reshape(x.inputs[0], a.shape).matmul(reshape(transpose(rows, back), b.shape))
}
