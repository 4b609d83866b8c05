import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../src/evaluate.ts'
import { grad } from '../src/grad.ts'
import { toposort } from '../src/graph.ts'
import { crossEntropy } from '../src/nn.ts'
import { conv } from '../src/ops/conv.ts'
import * as elementwise from '../src/ops/elementwise.ts'
import { expand, expandLike, reshape, transpose } from '../src/ops/shape.ts'
import { slice } from '../src/ops/slice.ts'
import { print } from '../src/print.ts'
import { equal, N, type Shape } from '../src/shape.ts'
import { simplify } from '../src/simplify.ts'
import { constant, input, type Tensor } from '../src/tensor.ts'
import { CLASSES, IMAGE, NETS } from './support/nets.ts'
import { uniform, values } from './support/values.ts'

const { neg, relu, exp } = elementwise
const weights = (shape: Shape, seed = 0, lo = -1, hi = 1): Tensor =>
  constant(Float32Array.from(values(shape, 1, lo, hi, seed)), shape)
const x = input([N, 2, 4, 4], 'x')
const count = (outputs: readonly Tensor[], op: string): number => toposort(outputs).filter(t => t.op.name === op).length

/** Before and after agree to 1e-6 of the largest number (or of `least`), which is what rounded constants cost. */
function expectSameNumbers(before: readonly Tensor[], batch = 2, least = 1e-3): Tensor[] {
  const after = simplify(before)
  const feeds = new Map<Tensor, Float64Array>()
  for (const t of toposort(before)) if (t.op.name === 'input') feeds.set(t, values(t.shape, batch, -1, 1, feeds.size))
  const [a, b] = [evaluate(before, feeds, batch), evaluate(after, feeds, batch)]
  for (const [i, numbers] of a.entries()) {
    expect(after[i].shape).toEqual(before[i].shape)
    expect(b[i]).toHaveLength(numbers.length)
    const scale = numbers.reduce((top, v) => Math.max(top, Math.abs(v)), least)
    expect(Math.max(...numbers.map((v, k) => Math.abs(v - b[i][k]) / scale))).toBeLessThan(1e-6)
  }
  return after
}

describe('batch normalisation', () => {
  const w = weights([3, 2, 3, 3], 1)
  const [scale, shift] = [weights([1, 3, 1, 1], 2, 0.5, 2), weights([1, 3, 1, 1], 3)]
  const normalised = (bias?: Tensor): Tensor =>
    conv(x, w, { pads: [1, 1, 1, 1] }, bias)
      .mul(scale)
      .add(shift)

  test('goes into a convolution', () => {
    expect(print(expectSameNumbers([relu(normalised())]))).toMatchInlineSnapshot(`
"x: [N, 2, 4, 4]
%1 = conv(x, [3, 2, 3, 3], [3]) {pads: 1 1 1 1} : [N, 3, 4, 4]
%2 = relu(%1) : [N, 3, 4, 4]
return %2"
`)
  })
  test('goes into one with a bias, constants first, of rank 3, and again', () => {
    const bias = weights([3], 4)
    const y = elementwise.add(reshape(shift, [3, 1, 1]), elementwise.mul(scale, normalised(bias))).mul(0.5)
    const [after] = expectSameNumbers([y])
    expect([after.op.name, after.inputs.length]).toEqual(['conv', 3])
  })
  test('goes into a depthwise one, and into the shortcut of a block', () => {
    const depthwise = conv(normalised(), weights([3, 1, 3, 3], 5), { group: 3, pads: [1, 1, 1, 1] })
    const block = relu(depthwise.mul(scale).add(shift).add(normalised()))
    const after = expectSameNumbers([block])
    expect([count(after, 'conv'), count(after, 'mul'), count(after, 'add')]).toEqual([2, 0, 1])
  })
  test('goes in also where the gradient passes', () => {
    const loss = (t: Tensor): Tensor => conv(t, w).mul(scale).add(shift).mul(2).sum([1, 2, 3])
    const after = expectSameNumbers([loss(x), grad(loss)(x)])
    expect(count(after, 'conv')).toBe(1)
  })
  test('a single channel', () => {
    const y = conv(x, weights([1, 2, 1, 1]))
      .mul(weights([1, 1, 1, 1], 8))
      .add(0.25)
    expect(expectSameNumbers([y])[0].op.name).toBe('conv')
  })

  test.each([
    ['a convolution that is read elsewhere too', (y: Tensor) => [y.mul(scale), relu(y)]],
    ['a convolution that is an output itself', (y: Tensor) => [y.mul(scale), y]],
    ['one scale a pixel', (y: Tensor) => [y.mul(weights([1, 1, 4, 4]))]],
    ['one scale a column', (y: Tensor) => [y.mul(weights([4], 1))]],
    ['a scale that is no constant', (y: Tensor) => [y.mul(input([1, 3, 1, 1], 's'))]],
    ['a scale that adds an axis', (y: Tensor) => [y.mul(weights([1, 1, 1, 1, 1], 1))]],
    ['two convolutions', (y: Tensor) => [y.mul(conv(x, weights([3, 2, 3, 3], 9), { pads: [1, 1, 1, 1] }))]],
  ])('%s stays as it is', (_, f) => {
    const before = f(conv(x, w, { pads: [1, 1, 1, 1] }))
    const after = expectSameNumbers(before)
    expect(count(after, 'mul')).toBe(count(before, 'mul'))
  })
  test('weights that are no constants stay as they are', () => {
    const y = conv(x, input([3, 2, 3, 3], 'w')).mul(scale)
    expect(expectSameNumbers([y])[0].op.name).toBe('mul')
  })
})

describe('constants', () => {
  test('are computed beforehand', () => {
    const [y] = expectSameNumbers([x.add(exp(constant(0)).mul(3).sub(1))])
    expect(print([y])).toMatchInlineSnapshot(`
"x: [N, 2, 4, 4]
%1 = add(x, 2) : [N, 2, 4, 4]
return %1"
`)
  })
  test('of kernels: a rotated one is a constant', () => {
    const [y] = simplify([transpose(weights([2, 3], 1), [1, 0])])
    expect([y.op.name, y.shape]).toEqual(['constant', [3, 2]])
  })
  test('do not grow without need', () => {
    const [large] = simplify([expand(constant(1), [300, 300])])
    expect(large.op.name).toBe('expand')
    const [small] = simplify([expand(constant(1), [200, 200])])
    expect(small.op.name).toBe('constant')
  })
})

describe('what is the same', () => {
  test('is computed once', () => {
    const y = relu(x.mul(2)).add(relu(x.mul(2)))
    const [after] = expectSameNumbers([y])
    expect(print([after])).toMatchInlineSnapshot(`
"x: [N, 2, 4, 4]
%1 = mul(x, 2) : [N, 2, 4, 4]
%2 = relu(%1) : [N, 2, 4, 4]
%3 = add(%2, %2) : [N, 2, 4, 4]
return %3"
`)
  })
  test('in several outputs is one node', () => {
    const [a, b] = simplify([exp(x), exp(x)])
    expect(a).toBe(b)
  })
  test('but for its attributes is not', () => {
    const after = expectSameNumbers([
      slice(x, [0, 0, 0, 0], [N, 1, 4, 4]),
      slice(x, [0, 1, 0, 0], [N, 1, 4, 4]),
      elementwise.clip(x, -Infinity, 0.5),
      elementwise.clip(x, 0.5, Infinity),
    ])
    expect(new Set(after).size).toBe(4)
  })
  test('but for its constants is not, equal constants are', () => {
    expect(count(expectSameNumbers([x.mul(weights([4], 1)), x.mul(weights([4], 2))]), 'mul')).toBe(2)
    expect(count(expectSameNumbers([x.mul(0.5), x.mul(0.25), x.mul(0.5)]), 'mul')).toBe(2)
  })
  test('two inputs of the same name are two', () => {
    const [a, b] = [input([N, 1], 'a'), input([N, 1], 'a')]
    const [y] = expectSameNumbers([exp(a).sub(exp(b))])
    expect(count([y], 'exp')).toBe(2)
  })
})

describe('what changes nothing', () => {
  test.each([
    ['x + 0', x.add(0)],
    ['0 + x', elementwise.add(0, x)],
    ['x − 0', x.sub(0)],
    ['x · 1', x.mul(1)],
    ['1 · x', elementwise.mul(1, x)],
    ['x / 1', x.div(1)],
    ['−−x', neg(neg(x))],
    ['reshape and back', reshape(reshape(x, [N, 32]), x.shape)],
    ['1 of rank 4', x.mul(constant(1, [1, 1, 1, 1]))],
    ['several of them', neg(neg(x.add(0).mul(1))).div(1)],
    ['times ones of the length of the batch', x.mul(expandLike(constant(1), x))],
    ['an input as it is', x],
  ])('%s is dropped', (_, y) => {
    expect(simplify([y])).toEqual([x])
  })
  test.each([
    ['0 − x', elementwise.sub(0, x)],
    ['1 / x', elementwise.div(1, x)],
    ['x + 0 that adds an axis', x.add(constant(0, [1, 1, 1, 1, 1]))],
    ['a 1 that is repeated', input([1, 4]).mul(constant(1, [3, 1]))],
    ['x · 0, for x may be infinite', x.mul(0)],
  ])('%s is not', (_, y) => {
    expect(expectSameNumbers([y])[0].op.name).toBe(y.op.name)
  })
  test('two reshapes are one', () => {
    const [y] = expectSameNumbers([reshape(reshape(reshape(x, [N, 32]), [-2, 16]), [N, 4, 8])])
    expect([y.op.name, y.inputs[0]]).toEqual(['reshape', x])
  })
  test('what broadcasting does is not done twice', () => {
    const s = input([N, 2, 1, 1], 's')
    const after = expectSameNumbers([expand(s, x.shape).mul(x)])
    expect(print(after)).toMatchInlineSnapshot(`
"s: [N, 2, 1, 1]
x: [N, 2, 4, 4]
%1 = mul(s, x) : [N, 2, 4, 4]
return %1"
`)
  })
  test('what is repeated is computed before', () => {
    const s = input([N, 2, 1, 1], 's')
    expect(print(expectSameNumbers([exp(expand(s, x.shape).mul(2))]))).toMatchInlineSnapshot(`
"s: [N, 2, 1, 1]
%1 = mul(s, 2) : [N, 2, 1, 1]
%2 = exp(%1) : [N, 2, 1, 1]
%3 = expand(%2) : [N, 2, 4, 4]
return %3"
`)
    expect(print(expectSameNumbers([neg(expandLike(constant(1), x)).add(x)]))).toMatchInlineSnapshot(`
"x: [N, 2, 4, 4]
%1 = add(-1, x) : [N, 2, 4, 4]
return %1"
`)
  })
  test('what no output needs is gone', () => {
    const g = grad(t => t.mul(t).add(exp(t)).sum([1, 2, 3]))(x)
    expect(count(simplify([g]), 'sum')).toBe(0)
  })
})

describe.each(NETS.map(net => [net.name, net] as const))('%s', (_, net) => {
  test('has the same loss and gradient', () => {
    const images = input(IMAGE, 'x')
    const y = constant(Float32Array.of(0, 1, 0), [1, CLASSES])
    const own = net.weights.map((shape, i) => weights(shape, i))
    const loss = (t: Tensor): Tensor => crossEntropy(net.logits(t, own), y)
    const before = [loss(images), grad(loss)(images)]
    const after = expectSameNumbers(before, 3)
    expect(toposort(after).length).toBeLessThan(toposort(before).length)
  })
})

test('random graphs keep their numbers, and simplifying again changes nothing', () => {
  const shapes: readonly Shape[] = [[N, 2, 3], [N, 1, 3], [2, 1], [1, 1, 3], [N, 1, 1], []]
  const { add, sub, mul, maximum, tanh } = elementwise
  const operators = [add, sub, mul, maximum, tanh, neg, relu, exp] as readonly ((a: Tensor, b: Tensor) => Tensor)[]
  let shrunk = 0
  for (let seed = 0; seed < 150; seed++) {
    const next = uniform(seed)
    const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]
    const all: Tensor[] = shapes.map((shape, i) => input(shape, `x${i}`))
    all.push(constant(0), constant(1), constant(2), weights([1, 2, 1], seed), constant(1, [1, 1]), constant(-0.5))
    while (all.length < 40) {
      const [a, b, like] = [pick(all), pick(all), pick(all)]
      const fits = (from: Shape, to: Shape): boolean =>
        from.length <= to.length && from.every((d, i) => d === 1 || d === to[i + to.length - from.length])
      const f = pick(operators)
      if (next() < 0.2 && fits(a.shape, like.shape)) all.push(expandLike(a, like))
      else if (next() < 0.1 && a.shape.length === 3) all.push(reshape(a, [a.shape[0], a.shape[1] * a.shape[2]]))
      else if (next() < 0.1 && a.shape.length === 2 && equal(a.shape, [N, 6])) all.push(reshape(a, [N, 2, 3]))
      else if (fits(a.shape, [N, 2, 3]) && fits(b.shape, [N, 2, 3])) all.push(tanh(f(a, b)))
    }
    const before = all.slice(-6)
    const after = expectSameNumbers(before, 2, 1)
    for (const [i, t] of simplify(after).entries()) expect(t).toBe(after[i])
    shrunk += Number(toposort(after).length < toposort(before).length)
  }
  expect(shrunk).toBeGreaterThan(100)
})
