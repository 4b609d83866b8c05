import { rewrite } from '../../graph.ts'
import { isElementwise } from '../../ops/elementwise.ts'
import { NHWC } from '../../ops/op.ts'
import { reshape, transpose } from '../../ops/shape.ts'
import type { Shape } from '../../shape.ts'
import { bind, type Tensor } from '../../tensor.ts'
import { inverse } from './in-layout.ts'

/** From channels last to channels first. */
const FIRST = inverse(NHWC)

/**
 * The same values, where a map with channels last is transposed to channels first as late as can be: behind what works
 * on its elements, sums or cuts it. There it mostly meets the inverse transpose, and both are gone.
 */
export function sinkTransposes(outputs: readonly Tensor[]): Tensor[] {
  return rewrite(outputs, (node, inputs) => {
    if (node.op.name === 'transpose') return permuted(inputs[0], node.attrs.perm as Shape)
    if (!inputs.some(isFirst)) return undefined
    if (isElementwise(node.op)) return sunk(node, inputs.map(lasting(node.shape.length)), node.attrs)
    const [x, ...more] = inputs
    if (!isFirst(x)) return undefined
    const axes = node.attrs.axes as Shape | undefined
    switch (node.op.name) {
      case 'sum':
      case 'mean':
      case 'max':
        return sunk(node, [x.inputs[0]], { axes: axes!.map(axis => FIRST[axis]).sort((a, b) => a - b) })
      case 'reverse':
        return sunk(node, [x.inputs[0]], { axes: axes!.map(axis => FIRST[axis]) })
      case 'slice':
      case 'place':
        return sunk(node, [x.inputs[0]], inLast(node.attrs))
      case 'expand':
        return node.shape.length === 4 ? sunk(node, [x.inputs[0], ...more], inLast(node.attrs)) : undefined
      case 'concat':
        if (!inputs.every(isFirst)) return undefined
        return sunk(
          node,
          inputs.map(t => t.inputs[0]),
          { axis: FIRST[node.attrs.axis as number] },
        )
    }
    return undefined
  })
}

const isFirst = ({ op, attrs }: Tensor): boolean =>
  op.name === 'transpose' && (attrs.perm as Shape).join() === FIRST.join()

const sunk = ({ op }: Tensor, inputs: readonly Tensor[], attrs: Tensor['attrs']): Tensor =>
  permuted(bind(op, inputs, attrs), FIRST)

/** An input of an elementwise operator on four axes, with channels last. */
const lasting =
  (rank: number) =>
  (t: Tensor): Tensor => {
    if (t.shape.length === 0 || rank !== 4) return t
    const whole = reshape(t, [...new Array<number>(4 - t.shape.length).fill(1), ...t.shape])
    return permuted(whole, NHWC)
  }

/** Lists of one number an axis, reordered with the axes. */
const inLast = (attrs: Tensor['attrs']): Tensor['attrs'] =>
  Object.fromEntries(Object.entries(attrs).map(([name, list]) => [name, NHWC.map(axis => (list as Shape)[axis])]))

/** x transposed: together with a transpose before it, and as a reshape where only axes of length 1 move. */
function permuted(x: Tensor, perm: Shape): Tensor {
  if (x.op.name === 'transpose') {
    const before = x.attrs.perm as Shape
    return permuted(
      x.inputs[0],
      perm.map(axis => before[axis]),
    )
  }
  const long = perm.filter(axis => x.shape[axis] !== 1)
  if (long.every((axis, i) => i === 0 || long[i - 1] < axis))
    return reshape(
      x,
      perm.map(axis => x.shape[axis]),
    )
  return transpose(x, perm)
}
