import { afterAll, describe, expect, test } from '@jest/globals'
import { evaluate } from '../../../src/evaluate.ts'
import { cpu } from '../../../src/exec/ort/cpu.ts'
import { backward } from '../../../src/grad.ts'
import { importOnnx } from '../../../src/models/import/import-onnx.ts'
import { Passages } from '../../../src/models/import/passage.ts'
import { QUANTISED } from './quantised-cases.ts'
import { floats, node, noise, type Small, smallModel } from './small-model.ts'

const executor = cpu()
afterAll(() => executor.close())

const u8 = (value: number, dims: readonly number[] = []) =>
  ({ name: '', dims, type: 'uint8', data: Uint8Array.of(value) }) as const
const grid = { s: floats([], [0.01]), z: u8(128) }

describe('gradients', () => {
  const weights = { w: floats([3, 3, 2, 2]), ...grid }
  const rounding = (after: Small['nodes']): Small => ({
    nodes: [node('QuantizeLinear', 'x, s, z -> q'), node('DequantizeLinear', 'q, s, z -> r'), ...after],
    weights,
  })
  const slope = (
    small: Small,
  ): readonly [x: ReturnType<typeof importOnnx>['input'], g: ReturnType<typeof backward>[0]] => {
    const { input, logits } = importOnnx(smallModel(small))
    return [input, backward(logits.mul(logits).sum([1]), [input])[0]]
  }

  test('are those without rounding at the rounded numbers, and 0 where a number leaves its range', () => {
    const [x, g] = slope(rounding([node('Conv', 'r, w -> c'), node('Flatten', 'c -> y')]))
    const [x0, g0] = slope({ nodes: [node('Conv', 'x, w -> c'), node('Flatten', 'c -> y')], weights })
    const picture = noise(108, 3).map(v => 1.5 * v)
    picture.set([-1.28, 1.27, -1.2849, 1.2749, -1.2851, 1.2751])
    const levels = Array.from(picture, v => {
      const q = v / 0.01
      const near = Math.round(q)
      return (near - q === 0.5 && near % 2 !== 0 ? near - 1 : near) + 128
    })
    const rounded = levels.map(q => (Math.min(Math.max(q, 0), 255) - 128) * 0.01)
    const [got] = evaluate([g], new Map([[x, picture]]))
    const [wanted] = evaluate([g0], new Map([[x0, rounded]]))
    for (const [i, v] of got.entries()) expect(v).toBeCloseTo(levels[i] >= 0 && levels[i] <= 255 ? wanted[i] : 0, 5)
    expect(got.slice(0, 4).every(v => v !== 0)).toBe(true)
    expect([...got.slice(4, 6)].map(Math.abs)).toEqual([0, 0])
    expect(levels.filter(q => q < 0 || q > 255).length).toBeGreaterThan(5)
  })

  test('are the same in ONNX Runtime', async () => {
    for (const [name, small] of Object.values(QUANTISED).flat()) {
      if (!/^(QLinearConv|QLinearAdd|a network|DynamicQuantizeLinear)/.test(name)) continue
      const { input, logits } = importOnnx(smallModel(small))
      const g = backward(logits.mul(logits).sum([1]), [input])[0]
      const picture = noise(108, 3)
      const program = await executor.open(await executor.compile({ inputs: { x: input }, outputs: { logits, g } }))
      const got = await program.run({ x: picture }, 1)
      await program.close()
      const wanted = evaluate([logits, g], new Map([[input, picture]]))
      for (const [i, values] of [got.logits, got.g].entries()) {
        const scale = wanted[i].reduce((top, v) => Math.max(top, Math.abs(v)), 1e-6)
        expect(Math.max(...values.map((v, k) => Math.abs(v - wanted[i][k])))).toBeLessThan(2e-5 * scale)
      }
      expect(wanted[1].some(v => v !== 0)).toBe(true)
    }
  })
})

describe('the end', () => {
  const scores = [node('GlobalMaxPool', 'x -> p'), node('Flatten', 'p -> f')]
  const ends: readonly (readonly [name: string, nodes: Small['nodes']])[] = [
    [
      'Softmax',
      [node('Softmax', 'f -> q'), node('QuantizeLinear', 'q, s, z -> r'), node('DequantizeLinear', 'r, s, z -> y')],
    ],
    [
      'Sigmoid',
      [node('Sigmoid', 'f -> q'), node('QuantizeLinear', 'q, s, z -> r'), node('DequantizeLinear', 'r, s, z -> y')],
    ],
    [
      'Softmax',
      [
        node('Softmax', 'p -> q', { axis: 1 }),
        node('QuantizeLinear', 'q, s, z -> r'),
        node('Flatten', 'r -> t'),
        node('DequantizeLinear', 't, s, z -> y'),
      ],
    ],
    [
      'Softmax',
      [
        node('QuantizeLinear', 'f, g, h -> q'),
        node('com.microsoft.QLinearSoftmax', 'q, g, h, s, z -> r', { axis: -1, opset: 13 }),
        node('DequantizeLinear', 'r, s, z -> y'),
      ],
    ],
  ]
  const weights = { s: floats([], [1 / 256]), z: u8(0), g: floats([], [0.01]), h: u8(100) }
  test.each(ends)('a %s that is rounded is taken away with its rounding', (name, end) => {
    const { input, logits, notes } = importOnnx(smallModel({ nodes: [...scores, ...end], weights }))
    expect(notes[0]).toBe(`The ${name} and the rounding behind it at the end were taken away: attacks work on logits.`)
    const picture = noise(108, 3)
    const [row] = evaluate([logits], new Map([[input, picture]]))
    const tops = [0, 1, 2].map(c => Math.max(...picture.subarray(36 * c, 36 * c + 36)))
    for (const [c, z] of row.entries()) expect(Math.abs(z - tops[c])).toBeLessThan(0.0051)
    expect(row).toHaveLength(3)
  })
  test('scores that are rounded stay so', () => {
    const end = [node('QuantizeLinear', 'f, g, h -> q'), node('DequantizeLinear', 'q, g, h -> y')]
    const { notes } = importOnnx(smallModel({ nodes: [...scores, ...end], weights }))
    expect(notes).toEqual(['1 quantised operator: gradients pass straight through their rounding.'])
  })
})

describe('what is said of them', () => {
  const notes = (small: Small): string => importOnnx(smallModel(small)).notes.join('\n')
  const named = (start: string): Small =>
    Object.values(QUANTISED)
      .flat()
      .find(([name]) => name.startsWith(start))![1]

  test('how many pass gradients straight through', () => {
    expect(notes(named('a network with both'))).toBe(
      '2 quantised operators: gradients pass straight through their rounding.',
    )
    expect(notes(named('weights, by channel'))).toBe('')
    expect(notes(named('DynamicQuantizeLinear before a product'))).toContain('1 operator finds its scale')
  })

  test('which they are', () => {
    const { observe, kinds } = ((passages: Passages) => ({
      observe: passages.observe,
      kinds: () => passages.kinds(),
    }))(new Passages())
    const pooled = { ...named('a network with both') }
    importOnnx(
      smallModel({
        ...pooled,
        nodes: [
          ...pooled.nodes.slice(0, -1),
          node('Sign', 'g -> h'),
          node('Add', 'g, h -> i'),
          node('Flatten', 'i -> y'),
        ],
      }),
      { observe },
    )
    expect(Object.fromEntries(kinds())).toEqual({
      QuantizeLinear: 'straight-through',
      DequantizeLinear: 'passes',
      Conv: 'passes',
      Relu: 'passes',
      MaxPool: 'passes',
      Sign: 'none',
      Add: 'passes',
      Flatten: 'passes',
    })
  })
})

describe('quantisation that cannot be read', () => {
  const flat = (...nodes: Small['nodes']): Small['nodes'] => [...nodes, node('Flatten', 'r -> y')]
  const refused: readonly (readonly [name: string, small: Small, message: RegExp])[] = [
    [
      'a zero point that is a real number',
      { nodes: flat(node('QuantizeLinear', 'x, s, s -> r')), weights: grid },
      /node 0 \('QuantizeLinear'\).*int8, uint8, int16, uint16 for its zero point but got 'no type/,
    ],
    [
      'a type of eight bits that floats',
      { opset: 21, nodes: flat(node('QuantizeLinear', 'x, s -> r', { output_dtype: 17 })), weights: grid },
      /its zero point but got 'float8e4m3fn'/,
    ],
    [
      'blocks',
      { opset: 21, nodes: flat(node('QuantizeLinear', 'x, s, z -> r', { block_size: 2 })), weights: grid },
      /quantised in blocks/,
    ],
    [
      'scales that fit no axis',
      { nodes: flat(node('QuantizeLinear', 'x, s, z -> r')), weights: { ...grid, s: floats([5]) } },
      /\[5\] do not fit axis 1 of \[/,
    ],
    [
      'an axis that is not there',
      { nodes: flat(node('QuantizeLinear', 'x, s, z -> r', { axis: 7 })), weights: { ...grid, s: floats([3]) } },
      /an axis of 4/,
    ],
    ['no scale', { nodes: flat(node('QuantizeLinear', 'x -> r')) }, /input 2 is missing/],
    [
      'a result without its zero point',
      {
        nodes: flat(node('QuantizeLinear', 'x, s, z -> q'), node('com.microsoft.QLinearSigmoid', 'q, s, z, s -> r')),
        weights: grid,
      },
      /input 5 is missing/,
    ],
    [
      "one machine's layout",
      {
        nodes: flat(
          node('QuantizeLinear', 'x, s, z -> q'),
          node('com.microsoft.QLinearGlobalAveragePool', 'q, s, z, s, z -> r', { channels_last: 1 }),
        ),
        weights: grid,
      },
      /laid out for one machine/,
    ],
    [
      'a list of half a tensor',
      { nodes: flat(node('com.microsoft.QLinearConcat', 's, z, x, s -> r', { axis: 1 })), weights: grid },
      /4 inputs are no list/,
    ],
  ]
  test.each(refused.map(([name, small, message]) => ({ name, small, message })))('$name', ({ small, message }) => {
    expect(() => importOnnx(smallModel(small))).toThrow(message)
  })
})
