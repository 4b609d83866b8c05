import { AdvxError } from './errors.ts'
import { dependents, toposort } from './graph.ts'
import { expandLike, reshape } from './ops/shape.ts'
import { type Shape, show } from './shape.ts'
import { constant, type Tensor } from './tensor.ts'

/**
 * ∇f: the gradient of `f` with respect to its argument, as more graph. `f` is a scalar, or one value an image
 * ([N, 1]): then each image gets the gradient of its own value, whatever else is in the batch.
 *
 * @throws AdvxError when f(x) does not depend on x.
 */
export const grad =
  (f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    backward(f(x), [x])[0]

/** The gradients of y, a scalar or one value an image, to each of `xs`: images or weights (summed over the batch). */
export function backward(y: Tensor, xs: readonly Tensor[]): Tensor[] {
  if (y.shape.some((d, i) => d !== 1 && (i > 0 || d > 0)))
    throw new AdvxError(
      'internal',
      `grad() needs a scalar or one value an image, got [${show(y.shape)}]: sum() it first`,
    )
  return pullBack(y, expandLike(constant(1), y), xs)
}

/** Σ ⟨cotangent, ∂y⟩ to each of `xs` by reverse mode: one walk over the nodes between them, users before inputs. */
export function pullBack(y: Tensor, cotangent: Tensor, xs: readonly Tensor[]): Tensor[] {
  const between = dependents([y], new Set(xs))
  const cotangents = new Map<Tensor, Tensor>([[y, cotangent]])
  for (const node of toposort([y]).reverse()) {
    const g = cotangents.get(node)
    if (!g || !between.has(node)) continue
    const parts = node.op.vjp(g, node, node.inputs, node.attrs)
    for (const [i, part] of parts.entries()) {
      const target = node.inputs[i]
      if (!part || !between.has(target)) continue
      const own = unbroadcast(part, target.shape)
      const sum = cotangents.get(target)
      cotangents.set(target, sum ? sum.add(own) : own)
    }
  }
  return xs.map(x => {
    const g = cotangents.get(x)
    if (!g)
      throw new AdvxError(
        'internal',
        between.has(y)
          ? 'No gradient reaches the input: every way to it leads through an operator that is constant almost everywhere'
          : 'grad() of something that does not depend on the input',
      )
    return g
  })
}

/** Sum a cotangent over the axes along which its input was broadcast. */
function unbroadcast(g: Tensor, shape: Shape): Tensor {
  const extra = g.shape.length - shape.length
  const axes = [...g.shape.keys()].filter(i => i < extra || (shape[i - extra] === 1 && g.shape[i] !== 1))
  return axes.length === 0 ? g : reshape(g.sum(axes), shape)
}
