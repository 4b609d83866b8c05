import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../src/evaluate.ts'
import { L1_SHARE, l0, l1, l2, linf, type Norm, type NormName } from '../src/norms.ts'
import { clip } from '../src/ops/elementwise.ts'
import { fill, fingerprint, generator, recorder } from '../src/random.ts'
import { N, type Shape, size } from '../src/shape.ts'
import { input, type Tensor } from '../src/tensor.ts'
import { nearestInL1BallAndBox } from './support/exact-l1.ts'
import { normals, uniform } from './support/values.ts'

const SHAPE: Shape = [N, 3, 7, 5]
const D = 105
const BATCH = 8
const [x, x0, g, eps] = [input(SHAPE, 'x'), input(SHAPE, 'x0'), input(SHAPE, 'g'), input([], 'eps')]

type Numbers = ArrayLike<number>
const run = (t: Tensor, feeds: readonly (readonly [Tensor, Numbers])[], batch = BATCH): Float64Array =>
  evaluate([t], new Map(feeds), batch)[0]
const project = (norm: Norm, moved: Numbers, clean: Numbers, budget: number, batch = BATCH): Float64Array =>
  run(
    norm.project(x, x0, eps),
    [
      [x, moved],
      [x0, clean],
      [eps, [budget]],
    ],
    batch,
  )
const images = (all: Float64Array, batch = BATCH): Float64Array[] =>
  Array.from({ length: batch }, (_, n) => all.slice((n * all.length) / batch, ((n + 1) * all.length) / batch))
const minus = (a: Numbers, b: Numbers): Float64Array => Float64Array.from(a, (v, i) => v - b[i])

const length: Readonly<Record<string, (v: Numbers) => number>> = {
  linf: v => Array.from(v).reduce((top, a) => Math.max(top, Math.abs(a)), 0),
  l2: v => Math.sqrt(Array.from(v).reduce((total, a) => total + a * a, 0)),
  l1: v => Array.from(v).reduce((total, a) => total + Math.abs(a), 0),
}
const BUDGETS: Readonly<Record<string, readonly number[]>> = {
  linf: [0, 0.03, 0.5, 2],
  l2: [0, 0.25, 2, 100],
  l1: [0, 0.5, 6, 1e4],
}

/** Pictures with many pixels at 0 and 1, and points around them inside and far outside ball and box. */
function setting(seed: number): { clean: Float64Array; moved: Float64Array } {
  const next = uniform(seed)
  const clean = Float64Array.from({ length: BATCH * D }, () => Math.min(1, Math.max(0, 1.6 * next() - 0.3)))
  const noise = normals(BATCH * D, seed + 1)
  const moved = clean.map((v, i) => v + noise[i] * 10 ** (-3 + (4 * Math.floor(i / D)) / BATCH))
  return { clean, moved }
}

const named = Object.entries({ linf, l2, l1 }) as [NormName, Norm][]

describe.each(named)('%s', (name, norm) => {
  const { clean, moved } = setting(1)

  test.each(BUDGETS[name])('a projection at eps %d lies in the ball, and after clip() in the box too', budget => {
    const at = [
      [x, moved],
      [x0, clean],
      [eps, [budget]],
    ] as const
    const inBall = run(norm.project(x, x0, eps), at)
    const inBoth = run(clip(norm.project(x, x0, eps), 0, 1), at)
    for (const [n, image] of images(clean).entries()) {
      expect(length[name](minus(images(inBall)[n], image))).toBeLessThanOrEqual(budget * (1 + 1e-9) + 1e-12)
      expect(length[name](minus(images(inBoth)[n], image))).toBeLessThanOrEqual(budget * (1 + 1e-9) + 1e-12)
    }
    expect(inBoth.every(v => v >= 0 && v <= 1)).toBe(true)
  })

  test('a projection leaves alone what lies inside, and projecting twice is projecting once', () => {
    const budget = BUDGETS[name][2]
    const inside = moved.map((v, i) => clean[i] + (Math.min(1, Math.max(0, v)) - clean[i]) * 1e-3)
    const same = project(norm, inside, clean, budget)
    expect(length.linf(minus(same, inside))).toBeLessThan(1e-12)
    const once = project(norm, moved, clean, budget)
    const twice = project(norm, once, clean, budget)
    expect(length.linf(minus(twice, once))).toBeLessThan(1e-9)
  })

  test('a projection moves every image by itself', () => {
    const budget = BUDGETS[name][2]
    const together = project(norm, moved, clean, budget)
    for (const [n, own] of images(together).entries())
      expect(project(norm, images(moved)[n], images(clean)[n], budget, 1)).toEqual(own)
  })

  test('a direction has length 1, and no other feasible one is better', () => {
    const gradient = normals(BATCH * D, 5)
    const direction = images(run(norm.direction(g), [[g, gradient]]))
    for (const [n, d] of direction.entries()) {
      expect(length[name](d)).toBeCloseTo(1, 12)
      const own = images(gradient)[n]
      const gain = d.reduce((total, v, i) => total + v * own[i], 0)
      const dual = { linf: length.l1(own), l2: length.l2(own) }[name as string]
      if (dual) expect(gain / dual).toBeCloseTo(1, 12)
      else {
        const strongest = [...own]
          .map(Math.abs)
          .sort((a, b) => b - a)
          .slice(0, Math.ceil(L1_SHARE * D))
        expect(gain).toBeCloseTo(strongest.reduce((a, b) => a + b, 0) / strongest.length, 12)
      }
    }
  })

  test('a zero gradient stays zero, beside images that have one', () => {
    const gradient = normals(BATCH * D, 6).fill(0, D, 2 * D)
    for (const t of [norm.direction(g), norm.direction(g, x)]) {
      const d = images(
        run(t, [
          [g, gradient],
          [x, clean],
        ]),
      )
      expect(d[1].every(v => v === 0)).toBe(true)
      for (const [n, own] of d.entries()) if (n !== 1) expect(length[name](own)).toBeCloseTo(1, 12)
    }
  })

  test.each([1e-30, 1e-37, 1e30])('the direction of a gradient does not depend on its size: %d', factor => {
    const gradient = normals(BATCH * D, 7)
    const [plain, scaled] = [gradient, gradient.map(v => v * factor)].map(v => run(norm.direction(g), [[g, v]]))
    expect(length.linf(minus(plain, scaled))).toBeLessThan(1e-12)
  })

  test('samples lie in the ball, differ between keys, and are those of the image alone', () => {
    const budget = BUDGETS[name][2]
    const points = sampled(norm, SHAPE, budget, 50)
    const radii = points.map(length[name])
    expect(Math.max(...radii)).toBeLessThanOrEqual(budget * (1 + 1e-12))
    // In D dimensions almost all of a ball is near its surface: the mean radius is D / (D + 1).
    expect(radii.reduce((a, b) => a + b) / radii.length / budget).toBeCloseTo(name === 'linf' ? 0.99 : D / (D + 1), 2)
    expect(new Set(points.map(p => p[0])).size).toBe(points.length)
    const [alone] = sampled(norm, SHAPE, budget, 1)
    expect(alone).toEqual(points[0])
  })
})

/** `count` samples around 0, one a key. */
function sampled(norm: Norm, shape: Shape, budget: number, count: number): Float64Array[] {
  const { random, draws } = recorder()
  const zero = input(shape, 'zero')
  const t = norm.sample(zero, eps, random)
  const feeds = new Map<Tensor, Float64Array>([
    [zero, new Float64Array(count * size(shape.slice(1)))],
    [eps, Float64Array.of(budget)],
  ])
  for (const [k, { tensor, distribution }] of draws.entries()) {
    const one = size(tensor.shape.slice(1))
    const all = new Float64Array(count * one)
    for (let n = 0; n < count; n++) {
      const own = new Float32Array(one)
      fill(own, distribution, generator(fingerprint(new Uint8Array(0), n, k)))
      all.set(own, n * one)
    }
    feeds.set(tensor, all)
  }
  return images(evaluate([t], feeds, count)[0], count)
}

describe('samples in the plane are spread evenly over the ball', () => {
  const count = 20_000
  const share = (points: readonly Float64Array[], inside: (p: Float64Array) => boolean): number =>
    points.filter(inside).length / points.length

  test.each(named)('%s', (name, norm) => {
    const points = sampled(norm, [N, 1, 1, 2], 2, count)
    const at = (p: number, found: number): void => expect(Math.abs(found - p)).toBeLessThan(0.015)
    // A ball of half the radius has a quarter of the area, wherever in the ball it lies.
    at(
      1 / 4,
      share(points, p => length[name](p) < 1),
    )
    at(
      1 / 4,
      share(points, p => length[name]([p[0] - (name === 'linf' ? 1 : 0), p[1] - 1]) < 1),
    )
    for (const [a, b] of [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ])
      at(
        1 / 4,
        share(points, p => p[0] * a > 0 && p[1] * b > 0),
      )
    // And not along an axis either.
    at(
      1 / 4,
      share(points, p => length[name]([p[0] - 0.5, p[1] - 0.5]) < 1),
    )
    at(
      1 / 8,
      share(points, p => p[0] > p[1] && p[1] > 0),
    )
  })
})

describe('the L2 projection', () => {
  test('goes straight to the centre', () => {
    const { clean, moved } = setting(3)
    const p = project(l2, moved, clean, 0.5)
    for (const [n, image] of images(clean).entries()) {
      const [far, near] = [minus(images(moved)[n], image), minus(images(p)[n], image)]
      const shrink = Math.min(1, 0.5 / length.l2(far))
      expect(
        length.linf(
          minus(
            near,
            far.map(v => v * shrink),
          ),
        ),
      ).toBeLessThan(1e-12)
    }
  })
})

describe('the L1 projection', () => {
  test.each([0.1, 1, 5, 20, 60])('is the nearest point of ball and box: eps %d', budget => {
    for (const seed of [11, 12, 13]) {
      const { clean, moved } = setting(seed)
      const p = images(project(l1, moved, clean, budget))
      for (const [n, own] of p.entries()) {
        const exact = nearestInL1BallAndBox(images(moved)[n], images(clean)[n], budget)
        expect(length.linf(minus(own, exact))).toBeLessThan(1e-6)
      }
    }
  })

  test('tells coordinates apart that are almost equal', () => {
    const next = uniform(31)
    const clean = Float64Array.from({ length: BATCH * D }, () => 0.5)
    const moved = clean.map(v => v + (next() < 0.5 ? -1 : 1) * (0.3 + 1e-3 * next()))
    for (const budget of [0.01, 0.03, 0.05, 0.08])
      for (const [n, own] of images(project(l1, moved, clean, budget)).entries()) {
        const exact = nearestInL1BallAndBox(images(moved)[n], images(clean)[n], budget)
        expect(length.linf(minus(own, exact))).toBeLessThan(1e-8)
      }
  })

  test('meets the conditions of Karush, Kuhn and Tucker', () => {
    const budget = 4
    const { clean, moved } = setting(21)
    const p = images(project(l1, moved, clean, budget))
    for (const [n, own] of p.entries()) {
      const [image, target] = [images(clean)[n], images(moved)[n]]
      const d = minus(target, image)
      const moves = minus(own, image)
      // Nothing turns round, and what moves freely is cut by one and the same λ ≥ 0.
      expect(moves.every((v, i) => v * d[i] >= 0)).toBe(true)
      const room = d.map((v, i) => (v > 0 ? 1 - image[i] : image[i]))
      const cut = d.map((v, i) => Math.abs(v) - Math.abs(moves[i]))
      const free = [...d.keys()].filter(i => Math.abs(moves[i]) > 1e-9 && Math.abs(moves[i]) < room[i] - 1e-9)
      const lambda = free.length > 0 ? cut[free[0]] : 0
      for (const i of free) expect(cut[i]).toBeCloseTo(lambda, 6)
      for (const i of d.keys()) {
        if (room[i] < 1e-6) continue
        if (Math.abs(moves[i]) <= 1e-9) expect(Math.abs(d[i])).toBeLessThanOrEqual(lambda + 1e-6)
        if (Math.abs(moves[i]) >= room[i] - 1e-9) expect(cut[i]).toBeGreaterThanOrEqual(lambda - 1e-6)
      }
      // λ > 0 only where the budget is used up.
      if (lambda > 1e-6) expect(length.l1(moves)).toBeCloseTo(budget, 6)
    }
  })

  test('of equal coordinates moves all alike', () => {
    const p = project(l1, Array(D).fill(0.75), Array(D).fill(0.25), 2.1, 1)
    for (const v of p) expect(v).toBeCloseTo(0.25 + 2.1 / D, 9)
  })
})

describe('the L1 direction', () => {
  const strongest = Math.ceil(L1_SHARE * D)

  test('moves the strongest coordinates, each as far', () => {
    expect(strongest).toBeGreaterThan(1)
    const gradient = normals(BATCH * D, 8)
    for (const [n, d] of images(run(l1.direction(g), [[g, gradient]])).entries()) {
      const own = images(gradient)[n]
      const order = [...own.keys()].sort((a, b) => Math.abs(own[b]) - Math.abs(own[a]))
      const expected = new Float64Array(D)
      for (const i of order.slice(0, strongest)) expected[i] = Math.sign(own[i]) / strongest
      expect([...d].map(v => v + 0)).toEqual([...expected])
    }
  })

  test('leaves out what the box holds back', () => {
    const gradient = Array.from({ length: D }, (_, i) => 10 - i / D)
    const at = Array(D).fill(0.5).fill(1, 0, 3)
    const [d] = images(
      run(
        l1.direction(g, x),
        [
          [g, gradient],
          [x, at],
        ],
        1,
      ),
      1,
    )
    const free = Array.from({ length: strongest }, (_, i) => 3 + i)
    expect([...d.keys()].filter(i => d[i] !== 0)).toEqual(free)
    const down = images(
      run(
        l1.direction(g, x),
        [
          [g, gradient.map(v => -v)],
          [x, at.map(v => 1 - v)],
        ],
        1,
      ),
      1,
    )[0]
    expect([...down.keys()].filter(i => down[i] !== 0)).toEqual(free)
  })

  test('with fewer coordinates than it would move still has length 1', () => {
    const gradient = new Float64Array(D)
    gradient[4] = -1e-3
    const d = run(l1.direction(g), [[g, gradient]], 1)
    expect([d[4], length.l1(d)]).toEqual([-1, 1])
  })
})

test('the Linf direction is the sign', () => {
  const gradient = normals(BATCH * D, 9)
  expect(run(linf.direction(g), [[g, gradient]])).toEqual(gradient.map(Math.sign))
})

describe('l0 counts pixels, all channels of one together', () => {
  const { clean, moved } = setting(5)
  const pixels = (d: Float64Array): number[] =>
    images(d).map(
      image =>
        Array.from({ length: 35 }, (_, p) => [p, p + 35, p + 70].some(i => image[i] !== 0)).filter(Boolean).length,
    )

  test.each([0, 1, 7, 34, 35, 100])(
    'a projection keeps the %d pixels that moved most, and puts the others back',
    budget => {
      const projected = project(l0, moved, clean, budget)
      const delta = minus(projected, clean)
      const kept = pixels(delta)
      for (const count of kept) expect(count).toBe(Math.min(budget, 35))
      const weight = (image: Float64Array, p: number): number =>
        [p, p + 35, p + 70].reduce((a, i) => a + Math.abs(image[i]), 0)
      for (const [n, image] of images(minus(moved, clean)).entries()) {
        const stays = Array.from({ length: 35 }, (_, p) => weight(images(delta)[n], p) > 0)
        const weights = (kept: boolean): number[] => stays.flatMap((s, p) => (s === kept ? [weight(image, p)] : []))
        expect(Math.min(Infinity, ...weights(true))).toBeGreaterThanOrEqual(Math.max(0, ...weights(false)))
      }
    },
  )

  test('its length is the number of pixels', () => {
    const delta = minus(project(l0, moved, clean, 9), clean)
    expect([...run(l0.length(x), [[x, delta]])]).toEqual(pixels(delta))
  })
})

test.each(named)(
  '%s: no feasible step of length 1 gains more than the dual norm, and the steepest gains that',
  (name, norm) => {
    const slopes = normals(BATCH * D, 3)
    const duals = run(norm.dual(g), [[g, slopes]])
    for (const [n, slope] of images(Float64Array.from(slopes)).entries()) {
      const steepest: Readonly<Record<string, () => number>> = {
        linf: () => length.l1(slope),
        l2: () => length.l2(slope),
        l1: () => length.linf(slope),
      }
      expect(duals[n]).toBeCloseTo(steepest[name](), 6)
    }
    expect([...run(norm.length(x), [[x, slopes]])]).toEqual(
      images(Float64Array.from(slopes)).map(v => expect.closeTo(length[name](v), 6)),
    )
  },
)
