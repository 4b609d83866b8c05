import { describe, expect, test } from '@jest/globals'
import { type Draw, fill, fingerprint, generator, recorder } from '../src/random.ts'
import { N } from '../src/shape.ts'
import { input } from '../src/tensor.ts'

const bytes = Uint8Array.from({ length: 67 }, (_, i) => (i * 37) & 255)
const hex = (key: Uint32Array): string => [...key].map(lane => lane.toString(16).padStart(8, '0')).join('')
const numbers = (distribution: Draw['distribution'], count: number, ...seed: number[]): Float32Array => {
  const out = new Float32Array(count)
  fill(out, distribution, generator(fingerprint(bytes, ...seed)))
  return out
}
const mean = (x: ArrayLike<number>, f = (v: number): number => v): number =>
  Array.from(x, f).reduce((a, b) => a + b, 0) / x.length

describe('a fingerprint', () => {
  test('is the same for the same bytes and numbers', () => {
    expect(fingerprint(bytes.slice(), 1, 2)).toEqual(fingerprint(bytes, 1, 2))
  })

  test('changes with every bit of every byte, with their order and number, and with every number', () => {
    const keys = new Set([hex(fingerprint(bytes))])
    let variants = 1
    const differs = (data: Uint8Array, ...more: number[]): void => {
      keys.add(hex(fingerprint(data, ...more)))
      variants++
    }
    for (let i = 0; i < bytes.length; i++)
      for (let bit = 0; bit < 8; bit++) differs(bytes.with(i, bytes[i] ^ (1 << bit)))
    for (let i = 4; i < bytes.length; i++) {
      const swapped = bytes.slice()
      ;[swapped[i], swapped[i - 4]] = [bytes[i - 4], bytes[i]]
      differs(swapped)
    }
    for (let length = 0; length < bytes.length; length++) differs(bytes.slice(0, length))
    for (let zeros = 1; zeros < 9; zeros++) differs(Uint8Array.from([...bytes, ...Array(zeros).fill(0)]))
    for (const a of [0, 1, 2, 3, 4, -1, 255, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52])
      for (const b of [0, 1, 2, 3, 2 ** 40]) differs(bytes, a, b)
    differs(bytes, 0)
    differs(bytes, 0, 0, 0)
    expect(keys.size).toBe(variants)
  })

  test('changes by half its bits', () => {
    const flips = Array.from({ length: 500 }, (_, seed) => {
      const [a, b] = [fingerprint(bytes, seed), fingerprint(bytes, seed + 1)]
      return a.map((lane, i) => (lane ^ b[i]) >>> 0)
    })
    const bits = flips.map(lanes => [...lanes].map(l => l.toString(2).replaceAll('0', '').length))
    for (let lane = 0; lane < 4; lane++) expect(mean(bits.map(b => b[lane])) / 32).toBeCloseTo(0.5, 1)
  })

  test('of an empty picture works', () => {
    expect(hex(fingerprint(new Uint8Array(0)))).not.toBe(hex(fingerprint(new Uint8Array(1))))
  })
})

describe('numbers', () => {
  test('uniform ones lie strictly in (0, 1), and are spread evenly', () => {
    const u = numbers('uniform', 100_000, 1)
    expect(u.every(v => v > 0 && v < 1)).toBe(true)
    expect(Math.abs(mean(u) - 0.5)).toBeLessThan(0.004)
    expect(Math.abs(mean(u, v => (v - 0.5) ** 2) - 1 / 12)).toBeLessThan(0.001)
    const tenths = Array(10).fill(0)
    for (const v of u) tenths[Math.floor(v * 10)]++
    for (const n of tenths) expect(Math.abs(n - 10_000)).toBeLessThan(400)
  })

  test('one says nothing about the next', () => {
    const u = numbers('uniform', 100_000, 2)
    const products = Array.from({ length: u.length - 1 }, (_, i) => (u[i] - 0.5) * (u[i + 1] - 0.5))
    expect(Math.abs(mean(products))).toBeLessThan(0.001)
  })

  test('normal ones have mean 0, variance 1 and no skew', () => {
    const n = numbers('normal', 100_001, 3)
    expect(n.every(Number.isFinite)).toBe(true)
    expect(Math.abs(mean(n))).toBeLessThan(0.012)
    expect(Math.abs(mean(n, v => v * v) - 1)).toBeLessThan(0.02)
    expect(Math.abs(mean(n, v => v ** 3))).toBeLessThan(0.05)
    expect(Math.abs(mean(n, v => v ** 4) - 3)).toBeLessThan(0.15)
    expect(Math.abs(mean(n, v => Number(Math.abs(v) < 1)) - 0.6827)).toBeLessThan(0.006)
  })

  test('differ between keys, and a shorter draw is the start of a longer one', () => {
    expect(numbers('uniform', 8, 1)).not.toEqual(numbers('uniform', 8, 2))
    for (const kind of ['uniform', 'normal'] as const)
      expect(numbers(kind, 5, 1)).toEqual(numbers(kind, 9, 1).slice(0, 5))
  })

  test('stay the same from version to version', () => {
    expect(hex(fingerprint(bytes, 0, 1, 2))).toMatchInlineSnapshot(`"bcfdc70c1afa1df0b959a24a4821ce2d"`)
    expect([...numbers('uniform', 4, 0)]).toMatchInlineSnapshot(`
[
  0.09417921304702759,
  0.7644899487495422,
  0.8567163348197937,
  0.503357470035553,
]
`)
    expect([...numbers('normal', 4, 0)]).toMatchInlineSnapshot(`
[
  0.1976298838853836,
  -2.164729595184326,
  -0.5560208559036255,
  -0.011731337755918503,
]
`)
  })
})

test('a recorder notes every draw in order', () => {
  const { random, draws } = recorder()
  const image = input([N, 3, 4, 4])
  const [a, b] = [random.uniform(image), random.normal(image.sum([1, 2, 3]))]
  expect(draws).toEqual([
    { tensor: a, distribution: 'uniform' },
    { tensor: b, distribution: 'normal' },
  ])
  expect([a.shape, b.shape]).toEqual([
    [N, 3, 4, 4],
    [N, 1, 1, 1],
  ])
  expect([a.attrs.name, b.attrs.name]).toEqual(['uniform0', 'normal1'])
})
