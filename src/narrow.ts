import { toposort } from './graph.ts'
import { type Convolution, conv } from './ops/conv.ts'
import { isElementwise } from './ops/elementwise.ts'
import { slice } from './ops/slice.ts'
import type { Shape } from './shape.ts'
import { bind, type Tensor } from './tensor.ts'

/** How far apart the rows and the columns lie that are read of a map, from the first on. */
type Grid = readonly [rows: number, columns: number]
const EVERY: Grid = [1, 1]

const times = (a: Grid, b: Grid): Grid => [a[0] * b[0], a[1] * b[1]]
const over = (a: Grid, b: Grid): Grid => [a[0] / b[0], a[1] / b[1]]
const isEvery = (grid: Grid): boolean => grid[0] === 1 && grid[1] === 1

/**
 * The same outputs, where maps of which strided 1x1 convolutions read every s-th row and column alone are computed only
 * there: the stride moves up, through activations and sums, into the convolutions before.
 */
export function narrow(outputs: readonly Tensor[]): Tensor[] {
  const order = toposort(outputs)
  const grids = gridsOf(order, outputs)
  // A sum or an activation alone is not worth a strided copy of what it reads.
  for (const node of order) {
    const maps = node.inputs.filter(t => isMapOf(t, node))
    if (isPixelwise(node) && maps.every(t => isEvery(grids.get(t)!))) grids.set(node, EVERY)
  }
  const made = new Map<Tensor, Tensor>()
  /** `t` at `grid`, from what is computed of it. */
  const at = (t: Tensor, grid: Grid): Tensor => everyOf(made.get(t)!, over(grid, grids.get(t)!))
  for (const node of order) {
    const grid = grids.get(node)!
    if (node.op.name === 'conv') made.set(node, narrowConv(node, grid, made, grids))
    else if (isStridedSlice(node)) made.set(node, at(node.inputs[0], gridOfSlice(node)))
    else {
      const inputs = node.inputs.map(t => (isPixelwise(node) && isMapOf(t, node) ? at(t, grid) : at(t, EVERY)))
      const same = inputs.every((t, i) => t === node.inputs[i])
      made.set(node, same ? node : bind(node.op, inputs, node.attrs))
    }
  }
  return outputs.map(t => made.get(t)!)
}

/** The grid on which all readers of a node together need it. */
function gridsOf(order: readonly Tensor[], outputs: readonly Tensor[]): Map<Tensor, Grid> {
  const grids = new Map<Tensor, Grid>(outputs.map(t => [t, EVERY]))
  const need = (t: Tensor, grid: Grid): void => {
    const before = grids.get(t)
    grids.set(t, before ? [divisor(before[0], grid[0]), divisor(before[1], grid[1])] : grid)
  }
  for (const node of [...order].reverse()) {
    if (node.op.name !== 'conv' && !isPixelwise(node)) grids.set(node, EVERY)
    const grid = grids.get(node)!
    for (const [i, t] of node.inputs.entries()) {
      if (isStridedSlice(node)) need(t, gridOfSlice(node))
      else if (isPixelwise(node) && isMapOf(t, node)) need(t, grid)
      else if (i === 0 && isPointwise(node)) need(t, times(grid, convolution(node).strides))
      else need(t, EVERY)
    }
  }
  return grids
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))
const convolution = ({ attrs }: Tensor): Convolution => attrs as unknown as Convolution

/** Whether each pixel is computed from the same pixel of the inputs that are maps, and from what is no map at all. */
const isPixelwise = (node: Tensor): boolean =>
  isElementwise(node.op) &&
  node.shape.length === 4 &&
  node.inputs.every(t => isMapOf(t, node) || t.shape.slice(-2).every(d => d === 1))

/** Whether `t` has the rows and columns of `node`. */
const isMapOf = (t: Tensor, node: Tensor): boolean =>
  t.shape.length === 4 && node.shape.length === 4 && t.shape[2] === node.shape[2] && t.shape[3] === node.shape[3]

/** A 1x1 convolution, which reads of its input every stride-th row and column. */
function isPointwise(node: Tensor): boolean {
  if (node.op.name !== 'conv') return false
  const [, w] = node.inputs
  return w.shape[2] === 1 && w.shape[3] === 1 && convolution(node).pads.every(p => p === 0)
}

function narrowConv(
  node: Tensor,
  grid: Grid,
  made: ReadonlyMap<Tensor, Tensor>,
  grids: ReadonlyMap<Tensor, Grid>,
): Tensor {
  const [x, w, b] = node.inputs
  const own = made.get(x)!
  const attrs = convolution(node)
  const strides = over(times(attrs.strides, grid), grids.get(x)!)
  if (own === x && strides.every((s, i) => s === attrs.strides[i])) return node
  return conv(own, made.get(w)!, { ...attrs, strides: [...strides] }, b && made.get(b)!)
}

/** A slice that takes every s-th row and column from the first on, and all else. */
function isStridedSlice({ op, shape, attrs, inputs: [x] }: Tensor): boolean {
  if (op.name !== 'slice' || shape.length !== 4) return false
  const [starts, steps] = [attrs.starts, attrs.steps] as Shape[]
  return (
    starts.every(s => s === 0) &&
    shape.every((d, i) => (i < 2 ? d === x.shape[i] && steps[i] === 1 : d === Math.ceil(x.shape[i] / steps[i])))
  )
}
const gridOfSlice = ({ attrs }: Tensor): Grid => (attrs.steps as Shape).slice(2) as unknown as Grid

function everyOf(t: Tensor, grid: Grid): Tensor {
  if (isEvery(grid)) return t
  const [n, c, h, w] = t.shape
  return slice(t, [0, 0, 0, 0], [n, c, Math.ceil(h / grid[0]), Math.ceil(w / grid[1])], [1, 1, ...grid])
}
