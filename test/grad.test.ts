import { describe, expect, test } from '@jest/globals'
import { AdvxError } from '../src/errors.ts'
import { evaluate } from '../src/evaluate.ts'
import { backward, grad, pullBack } from '../src/grad.ts'
import { toposort } from '../src/graph.ts'
import { crossEntropy } from '../src/nn.ts'
import { greater, relu, sign, sin } from '../src/ops/elementwise.ts'
import { reshape } from '../src/ops/shape.ts'
import { concat } from '../src/ops/slice.ts'
import { N, resolve, size } from '../src/shape.ts'
import { simplify } from '../src/simplify.ts'
import { constant, input, type Tensor } from '../src/tensor.ts'
import { type Feeds, relativeError, slopes } from './support/derivative.ts'
import { CLASSES, IMAGE, NETS, type Net } from './support/nets.ts'
import { normals, values } from './support/values.ts'

const run = (t: Tensor, feeds: ReadonlyMap<Tensor, ArrayLike<number>>, batch = 1): number[] => [
  ...evaluate([t], feeds, batch)[0],
]
const x = input([N, 2], 'x')
const three = new Map([[x, [1, 2, 3, 4, 5, 6]]])

describe('what a gradient is', () => {
  test('of a scalar: with respect to the whole batch', () => {
    expect(run(grad(t => t.mul(t).sum())(x), three, 3)).toEqual([2, 4, 6, 8, 10, 12])
  })
  test('of one value an image: each to its own', () => {
    expect(run(grad(t => t.mul(t).sum([1]))(x), three, 3)).toEqual([2, 4, 6, 8, 10, 12])
  })
  test('of a linear function: of the shape of its input, whatever the batch', () => {
    const g = grad(t => t.sum([1]))(x)
    expect(g.shape).toEqual([N, 2])
    expect(run(g, three, 3)).toEqual(Array(6).fill(1))
  })
  test('of a reshaped row', () => {
    const image = input([N, 1, 1, 2], 'image')
    const g = grad(t => reshape(t.mul(3).sum([1, 2, 3]), [N, 1]))(image)
    expect(run(g, new Map([[image, [1, 2, 3, 4]]]), 2)).toEqual([3, 3, 3, 3])
  })
  test('of a mean over the batch: one N-th each', () => {
    expect(run(grad(t => t.sum([1]).mean())(x), three, 3)).toEqual(Array(6).fill(1 / 3))
  })
  test('of the input itself', () => {
    const row = input([N, 1])
    expect(run(grad(t => t)(row), new Map([[row, [5, 6]]]), 2)).toEqual([1, 1])
  })
  test('to a weight shared by the images: summed over the batch', () => {
    const w = input([1, 2], 'w')
    const b = input([1, 1], 'b')
    const c = input([], 'c')
    const y = x.mul(w).sum([1]).add(b).sub(c)
    const feeds = new Map([...three, [w, [1, 1]], [b, [0]], [c, [0]]])
    expect(evaluate(backward(y, [w, b, c]), feeds, 3).map(g => [...g])).toEqual([[9, 12], [3], [-3]])
  })
  test('of a value that is used several times: the sum of all ways', () => {
    const y = x.mul(x).add(x.mul(3)).sub(x)
    expect(run(grad(() => y.sum([1]))(x), three, 3)).toEqual([4, 6, 8, 10, 12, 14])
  })
  test('of a maximum: equal ones share it, so that copies of a value count as the value', () => {
    const ties = new Map([[x, [5, 5, 1, 2, 7, 3]]])
    expect(run(grad(t => t.max([1]))(x), ties, 3)).toEqual([0.5, 0.5, 0, 1, 1, 0])
    expect(run(grad(t => concat([t, t], 1).max([1]))(x), three, 3)).toEqual([0, 1, 0, 1, 0, 1])
  })
  test('to a node inside the graph, which another one asked for depends on', () => {
    const inner = sin(x)
    const y = inner.mul(inner).add(x).sum()
    const [toInner, toX] = backward(y, [inner, x])
    expect(run(toInner, three, 3)).toEqual([1, 2, 3, 4, 5, 6].map(v => 2 * Math.sin(v)))
    for (const [i, v] of run(toX, three, 3).entries()) expect(v).toBeCloseTo(Math.sin(2 * (i + 1)) + 1, 12)
  })
  test('with a cotangent: its product with the derivative', () => {
    const cotangent = input([N, 2], 'cotangent')
    const [g] = pullBack(x.mul(x), cotangent, [x])
    expect(run(g, new Map([...three, [cotangent, [1, 0, 0, 1, 2, 0]]]), 3)).toEqual([2, 0, 0, 8, 20, 0])
  })
})

describe('what has no gradient', () => {
  test.each([
    ['something that does not depend on the input', () => constant(1), /does not depend on the input/],
    ['another input', () => input([N, 1]), /does not depend on the input/],
    ['a step function', (t: Tensor) => sign(t).sum([1]), /constant almost everywhere/],
    ['a mask', (t: Tensor) => greater(t, 0).sum([1]), /constant almost everywhere/],
    ['several values an image', (t: Tensor) => t.mul(t), /a scalar or one value an image, got \[N, 2\]: sum\(\) it/],
    ['several values', (t: Tensor) => t.sum([0]), /got \[1, 2\]/],
    ['the batch in another axis', (t: Tensor) => reshape(t.sum([1]), [1, N]), /got \[1, N\]/],
  ])('%s', (_, f, message) => {
    expect(() => grad(f)(x)).toThrow(AdvxError)
    expect(() => grad(f)(x)).toThrow(message)
  })
})

describe('a chain of 100,000 operators', () => {
  const length = 100_000
  const scalar = input([], 'x')
  const chain = (f: (t: Tensor) => Tensor): Tensor => {
    let t: Tensor = scalar
    for (let i = 0; i < length; i++) t = f(t)
    return t
  }
  const at = new Map([[scalar, [0.5]]])

  test('sorts, differentiates and evaluates', () => {
    const y = chain(sin)
    expect(toposort([y])).toHaveLength(length + 1)
    const [value] = run(y, at)
    // sin iterated n times goes like √(3 / n), whatever the start.
    expect(value).toBeCloseTo(Math.sqrt(3 / length), 5)
    const [slope] = run(backward(y, [scalar])[0], at)
    let product = 1
    for (let i = 0, t = 0.5; i < length; i++, t = Math.sin(t)) product *= Math.cos(t)
    expect(slope / product).toBeCloseTo(1, 12)
  })
  test('simplifies', () => {
    expect(simplify([chain(t => t.add(0))])).toEqual([scalar])
    const [same] = simplify([chain(t => relu(t))])
    expect(toposort([same])).toHaveLength(length + 1)
  })
})

/** J(x, y) of a net, one value an image, with its inputs. */
function lossOf(net: Net): { x: Tensor; y: Tensor; weights: Tensor[]; loss: (x: Tensor) => Tensor } {
  const [x, y] = [input(IMAGE, 'x'), input([N, CLASSES], 'y')]
  const weights = net.weights.map((shape, i) => input(shape, `w${i}`))
  return { x, y, weights, loss: t => crossEntropy(net.logits(t, weights), y) }
}

function numbersFor({ x, y, weights }: ReturnType<typeof lossOf>, batch: number): Map<Tensor, Float64Array> {
  const feeds = new Map<Tensor, Float64Array>([[x, values(IMAGE, batch, 0, 1, 1)]])
  feeds.set(
    y,
    Float64Array.from({ length: batch * CLASSES }, (_, i) => Number(i % CLASSES === Math.floor(i / CLASSES) % 2)),
  )
  for (const [i, w] of weights.entries()) feeds.set(w, values(w.shape, 1, -0.6, 0.6, 10 + i))
  return feeds
}

describe.each(NETS.map(net => [net.name, net] as const))('%s', (_, net) => {
  const batch = 3
  const setting = lossOf(net)
  const { x, y, weights, loss } = setting
  const feeds = numbersFor(setting, batch)
  const along = (ts: readonly Tensor[]): Feeds =>
    new Map(ts.map((t, i) => [t, normals(size(resolve(t.shape, batch)), 50 + i)]))

  test('the gradient to images and weights', () => {
    expect(relativeError(slopes(loss(x).sum(), feeds, along([x, ...weights]), batch))).toBeLessThan(1e-6)
  })

  test("an image's gradient does not depend on its batch mates", () => {
    const g = grad(loss)(x)
    const together = run(g, feeds, batch)
    const row = together.length / batch
    for (let i = 0; i < batch; i++) {
      const alone = new Map(feeds)
      for (const t of [x, y]) {
        const part = feeds.get(t)!.length / batch
        alone.set(t, feeds.get(t)!.slice(i * part, (i + 1) * part))
      }
      expect(together.slice(i * row, (i + 1) * row)).toEqual(run(g, alone, 1))
    }
  })

  test('the gradient of J + λ‖∇ₓJ‖² to the weights', () => {
    const j = loss(x)
    const dx = grad(() => j)(x)
    const penalised = j.add(reshape(dx.mul(dx).sum([1, 2, 3]), [N, 1]).mul(3)).mean()
    const found = slopes(penalised, feeds, along(weights), batch)
    expect(relativeError(found)).toBeLessThan(1e-6)
    // The penalty's part is there: without it the slope is another one.
    expect(
      relativeError({ ...slopes(j.mean(), feeds, along(weights), batch), numeric: found.numeric }),
    ).toBeGreaterThan(1e-2)
  })
})
