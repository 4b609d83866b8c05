import { evaluate } from './evaluate.ts'
import { rewrite, toposort } from './graph.ts'
import { conv } from './ops/conv.ts'
import { isElementwise } from './ops/elementwise.ts'
import type { Attrs } from './ops/op.ts'
import { equal, size } from './shape.ts'
import { bind, constant, dataOf, isConstant, type Tensor } from './tensor.ts'

/**
 * The same values by a smaller graph: constants folded, equal subexpressions shared, operations that change
 * nothing dropped, scales and shifts of a convolution's channels (BatchNorm) taken into its weights. What no
 * output needs is gone by itself.
 */
export function simplify(outputs: readonly Tensor[]): Tensor[] {
  return settled(foldChannels(settled(outputs)))
}

/** One rule opens the way for another: until nothing changes. */
function settled(outputs: readonly Tensor[]): Tensor[] {
  const next = shared(outputs)
  return next.every((t, i) => t === outputs[i]) ? next : settled(next)
}

/** Folding, sharing and algebra in one walk. */
function shared(outputs: readonly Tensor[]): Tensor[] {
  const known = new Map<string, Tensor>()
  const ids = new Map<unknown, number>()
  const id = (thing: unknown): number => {
    if (!ids.has(thing)) ids.set(thing, ids.size)
    return ids.get(thing)!
  }
  const key = ({ op, inputs, attrs, shape }: Tensor): string => {
    const value = attrs.value as Float32Array | undefined
    if (value) return `constant ${value.length === 1 ? value[0] : `#${id(value)}`} [${shape}]`
    return `${op.name} ${inputs.map(id)} ${textOf(attrs)}`
  }
  return rewrite(outputs, (node, inputs) => {
    if (node.inputs.length === 0 && !isConstant(node)) return node
    const built = inputs.every((t, i) => t === node.inputs[i]) ? node : bind(node.op, inputs, node.attrs)
    // Known as it stands: not folded into a second copy of the same data.
    const own = key(built)
    const before = known.get(own)
    if (before) return before
    const simpler = without(built) ?? fold(built) ?? built
    const its = simpler === built ? own : key(simpler)
    const same = known.get(its) ?? simpler
    known.set(own, same).set(its, same)
    return same
  })
}

/** Attributes as text; kept, since a node is met in many walks. */
function textOf(attrs: Attrs): string {
  const known = texts.get(attrs)
  if (known !== undefined) return known
  const text = JSON.stringify(attrs)
  texts.set(attrs, text)
  return text
}
const texts = new WeakMap<Attrs, string>()

/** A node of constants alone becomes a constant, unless that would only make the file grow. */
function fold(node: Tensor): Tensor | undefined {
  if (isConstant(node) || !node.inputs.every(isConstant) || node.shape.some(d => d < 0)) return undefined
  const before = node.inputs.reduce((total, t) => total + size(t.shape), 0)
  if (size(node.shape) > Math.max(4 * before, 1 << 16)) return undefined
  return constant(Float32Array.from(evaluate([node])[0]), node.shape)
}

const NEUTRAL: Readonly<Record<string, number>> = { add: 0, sub: 0, mul: 1, div: 1 }

/** What stands for a node that changes nothing, or for one whose input repeats without need. */
function without(node: Tensor): Tensor | undefined {
  const { op, inputs, shape } = node
  const [a, b] = inputs
  if (op.name in NEUTRAL) {
    if (isScalar(b, NEUTRAL[op.name]) && equal(a.shape, shape)) return a
    const commutes = op.name === 'add' || op.name === 'mul'
    if (commutes && isScalar(a, NEUTRAL[op.name]) && equal(b.shape, shape)) return b
  }
  if (op.name === 'neg' && a.op.name === 'neg') return a.inputs[0]
  if (op.name === 'reshape' && a.op.name === 'reshape') {
    const [source] = a.inputs
    return equal(source.shape, shape) ? source : bind(op, [source], node.attrs)
  }
  if (isElementwise(op) && inputs.some(isExpand)) return repeatedLater(node)
  return undefined
}

/** An elementwise operator on inputs not yet repeated, and what it gives repeated where broadcasting does not. */
function repeatedLater(node: Tensor): Tensor | undefined {
  const { op, inputs, attrs, shape } = node
  const short = bind(
    op,
    inputs.map(t => (isExpand(t) ? t.inputs[0] : t)),
    attrs,
  )
  if (equal(short.shape, shape)) return short
  const last = inputs.find(t => isExpand(t) && equal(t.shape, shape))
  return last && bind(last.op, [short, ...last.inputs.slice(1)], last.attrs)
}

const isExpand = (t: Tensor): boolean => t.op.name === 'expand'
const isScalar = (t: Tensor, value: number): boolean => isConstant(t) && size(t.shape) === 1 && dataOf(t)[0] === value

/** (x ∗ w + b) · s + t with constants of one value a channel: x ∗ (w · s) + (b · s + t). */
function foldChannels(outputs: readonly Tensor[]): Tensor[] {
  const uses = new Map<Tensor, number>()
  for (const t of [...toposort(outputs).flatMap(node => node.inputs), ...outputs]) uses.set(t, (uses.get(t) ?? 0) + 1)
  const single = new Set<Tensor>() // in the new graph
  return rewrite(outputs, (node, inputs) => {
    const folded = intoConv(node, inputs, single)
    const made = folded ?? (inputs.every((t, i) => t === node.inputs[i]) ? node : bind(node.op, inputs, node.attrs))
    if (uses.get(node) === 1) single.add(made)
    return made
  })
}

function intoConv(node: Tensor, inputs: readonly Tensor[], single: ReadonlySet<Tensor>): Tensor | undefined {
  if (node.op.name !== 'mul' && node.op.name !== 'add') return undefined
  const at = inputs.findIndex(t => t.op.name === 'conv' && single.has(t) && t.inputs.slice(1).every(isConstant))
  if (at < 0 || !equal(node.shape, inputs[at].shape)) return undefined
  const [x, w, b] = inputs[at].inputs
  const channels = w.shape[0]
  const values = perChannel(inputs[1 - at], channels)
  if (!values) return undefined
  const bias = b ? dataOf(b) : new Float32Array(channels)
  const scaled = node.op.name === 'mul'
  const area = size(w.shape.slice(1))
  const kernel = scaled
    ? constant(
        dataOf(w).map((v, i) => v * values[Math.floor(i / area)]),
        w.shape,
      )
    : w
  const shift = bias.map((v, i) => (scaled ? v * values[i] : v + values[i]))
  const plain = scaled && !b
  return conv(x, kernel, inputs[at].attrs, plain ? undefined : constant(shift, [channels]))
}

/** The values of a constant that is one number a channel of [N, C, H, W], or null. */
function perChannel(t: Tensor, channels: number): Float32Array | null {
  if (!isConstant(t)) return null
  const [c = 1, h = 1, w = 1] = t.shape.slice(-3).concat([1, 1]).slice(0, 3)
  if (size(t.shape) === 1) return new Float32Array(channels).fill(dataOf(t)[0])
  return t.shape.length >= 3 && c === channels && h === 1 && w === 1 && size(t.shape) === channels ? dataOf(t) : null
}
