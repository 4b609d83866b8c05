import { describe, expect, test } from '@jest/globals'
import { importOnnx } from '../../../src/models/import/import-onnx.ts'
import { print } from '../../../src/print.ts'
import { disagreement, floats, importedRows, ints, node, noise, type Small, smallModel } from './small-model.ts'

const imported = (small: Small) => importOnnx(smallModel(small))

/** What torch writes for x.view(x.size(0), -1), with the batch known or not. */
const viewed = (input: readonly (number | string)[]): Small => ({
  input,
  nodes: [
    node('Shape', 'x -> s'),
    node('Constant', '-> zero', { value: ints([0], []) }),
    node('Gather', 's, zero -> n', { axis: 0 }),
    node('Unsqueeze', 'n, axes -> n1'),
    node('Concat', 'n1, rest -> target', { axis: 0 }),
    node('Reshape', 'x, target -> flat'),
    node('Gemm', 'flat, w -> y'),
  ],
  weights: { axes: ints([0]), rest: ints([-1]), w: floats([108, 4]) },
})

describe('shapes that are computed', () => {
  test('view(size(0), -1)', async () => {
    for (const input of [
      ['N', 3, 6, 6],
      [1, 3, 6, 6],
    ]) {
      expect(imported(viewed(input)).batch).toBe('any')
      expect(await disagreement(viewed(input))).toBeLessThan(1e-5)
    }
  })

  test('arithmetic on sizes, also on multiples of the batch', async () => {
    // [N, 3, 6, 6] → [3N, 36] → [N, 108], by Size, Div, Mul, Cast and Slice
    const small: Small = {
      nodes: [
        node('Shape', 'x -> s'),
        node('Slice', 's, from, to -> nc'),
        node('ReduceProd', 'nc -> rows', { keepdims: 1 }),
        node('Concat', 'rows, rest -> t1', { axis: 0 }),
        node('Reshape', 'x, t1 -> a'),
        node('Size', 'x -> all'),
        node('Div', 'rows, three -> n'),
        node('Cast', 'all -> real', { to: 1 }),
        node('Cast', 'real -> whole', { to: 7 }),
        node('Div', 'whole, n -> each'),
        node('Max', 'each, three -> m'),
        node('Concat', 'n, m -> t2', { axis: 0 }),
        node('Reshape', 'a, t2 -> b'),
        node('Gemm', 'b, w -> y'),
      ],
      weights: { from: ints([0]), to: ints([2]), rest: ints([-1]), three: ints([3]), w: floats([108, 2]) },
    }
    expect(await disagreement(small)).toBeLessThan(1e-5)
  })

  test("torch's expand: Where(Equal(shape, -1), ones, shape)", async () => {
    const small: Small = {
      nodes: [
        node('GlobalAveragePool', 'x -> a'),
        node('ConstantOfShape', 'four -> ones', { value: ints([1]) }),
        node('Mul', 'ones, minus -> m'),
        node('Equal', 'want, m -> is'),
        node('Where', 'is, ones, want -> target'),
        node('Expand', 'a, target -> b'),
        node('Flatten', 'b -> y'),
      ],
      weights: { four: ints([4]), minus: ints([-1], []), want: ints([-1, -1, 2, 2]) },
    }
    expect(await disagreement(small)).toBeLessThan(1e-5)
  })

  test('Range, Mod, Floor, Transpose, Tile, Squeeze and comparisons of numbers', async () => {
    const small: Small = {
      nodes: [
        node('Range', 'zero, six, one -> r'),
        node('Reshape', 'r, twoThree -> m'),
        node('Transpose', 'm -> t'),
        node('Reshape', 't, flat -> order'),
        node('Mod', 'order, three -> i'),
        node('Greater', 'order, two -> big'),
        node('Where', 'big, order, i -> j'),
        node('Gather', 'x, j -> z', { axis: 3 }),
        node('Flatten', 'z -> y'),
      ],
      weights: {
        zero: ints([0], []),
        six: ints([6], []),
        one: ints([1], []),
        two: ints([2], []),
        three: ints([3], []),
        twoThree: ints([2, 3]),
        flat: ints([-1]),
      },
    }
    expect(await disagreement(small)).toBeLessThan(1e-5)
  })
})

/** As transformers begin: rows of the picture, and in front of them one that is learned. */
const tokens = (batch: number | string, first: Small['nodes'], end: Small['nodes']): Small => ({
  input: [batch, 3, 6, 6],
  nodes: [
    ...first,
    node('Reshape', 'x, rows -> r'),
    node('Concat', 'first, r -> t', { axis: 1 }),
    node('Add', 't, places -> p'),
    ...end,
  ],
  weights: {
    token: floats([1, 1, 36]),
    places: floats([1, 4, 36]),
    w: floats([36, 5]),
    rows: ints([0, 3, 36]),
    flat: ints([-1, 36]),
    split: ints([4, -1]),
    zero: ints([0]),
    one: ints([1]),
    wide: ints([1, 36]),
  },
})
const REPEATED = [
  node('Shape', 'x -> lengths'),
  node('Gather', 'lengths, zero -> n', { axis: 0 }),
  node('Concat', 'n, wide -> target', { axis: 0 }),
  node('Expand', 'token, target -> first'),
]

/** The tokens first, and then the pictures. */
const BY_TOKENS = [
  node('Transpose', 'p -> q', { perm: [1, 0, 2] }),
  node('Reshape', 'q, flat -> u'),
  node('MatMul', 'u, w -> v'),
  node('ReduceMean', 'v -> m', { axes: [1], keepdims: 0 }),
  node('Reshape', 'm, split -> s'),
  node('Transpose', 's -> y', { perm: [1, 0] }),
]
const OF_FIRST = [
  node('Gather', 'p, zero -> g', { axis: 1 }),
  node('Squeeze', 'g, one -> s'),
  node('MatMul', 's, w -> y'),
]

describe('a first token', () => {
  test('is repeated once a picture, and rows of all pictures are rows of one matrix', async () => {
    const small = tokens('N', REPEATED, BY_TOKENS)
    expect(imported(small).batch).toBe('any')
    expect(await disagreement(small)).toBeLessThan(1e-5)
  })
  test('of a file for one picture', async () => {
    const small = tokens(1, [node('Identity', 'token -> first')], OF_FIRST)
    expect(imported(small).batch).toBe('any')
    expect(await disagreement(small)).toBeLessThan(1e-5)
  })
})

describe('a batch that is fixed', () => {
  const reshaped = (...shapes: readonly (readonly number[])[]): Small => ({
    input: [1, 3, 6, 6],
    nodes: [
      ...shapes.map((_, i) => node('Reshape', `${i === 0 ? 'x' : `v${i - 1}`}, s${i} -> v${i}`)),
      node('Gemm', `v${shapes.length - 1}, w -> y`),
    ],
    weights: { ...Object.fromEntries(shapes.map((shape, i) => [`s${i}`, ints(shape)])), w: floats([108, 4]) },
  })

  test.each([
    [[[1, 108]]],
    [[[1, -1]]],
    [[[108], [1, 108]]],
    [
      [
        [3, 36],
        [1, 108],
      ],
    ],
    [
      [
        [1, 3, 36],
        [1, 1, 108],
        [1, 108],
      ],
    ],
  ])('Reshape to %j is one for each picture', async shapes => {
    expect(imported(reshaped(...shapes)).batch).toBe('any')
    expect(await disagreement(reshaped(...shapes))).toBeLessThan(1e-5)
  })

  test('of four pictures, with the four in shapes', () => {
    const { batch, logits } = imported({ ...reshaped([12, 36], [4, 108]), input: [4, 3, 6, 6] })
    expect([batch, logits.shape]).toEqual(['any', [-1, 4]])
    expect(print([logits])).toContain(': [N, 108]')
  })

  test('is left as it is where the pictures cannot be told apart', async () => {
    const small: Small = {
      input: [1, 3, 6, 6],
      nodes: [
        node('Squeeze', 'x, a -> b'),
        node('ReduceMean', 'b -> c', { axes: [1, 2], keepdims: 0 }),
        node('Neg', 'c -> y'),
      ],
      weights: { a: ints([0]) },
    }
    const { batch, notes, logits, input } = imported(small)
    expect(batch).toBe(1)
    expect(notes.join()).toMatch(/one picture at a time.*Squeeze/)
    expect([input.shape, logits.shape]).toEqual([
      [-1, 3, 6, 6],
      [-1, 3],
    ])
    expect(await disagreement(small)).toBeLessThan(1e-5)
  })

  test('Slice and Flatten over all of the batch', async () => {
    const small: Small = {
      input: [1, 3, 6, 6],
      nodes: [node('Slice', 'x, zero, one, zero -> a'), node('Flatten', 'a -> b', { axis: 0 }), node('Neg', 'b -> y')],
      weights: { zero: ints([0]), one: ints([1]) },
    }
    expect(imported(small).batch).toBe('any')
    expect(await disagreement(small)).toBeLessThan(1e-5)
  })

  test('the option reads a file for one picture at a time', () => {
    expect(importOnnx(smallModel(viewed(['N', 3, 6, 6])), { batch: 1 }).batch).toBe(1)
  })
})

describe('the end', () => {
  const ended = (...nodes: Small['nodes']): Small => ({
    nodes: [node('Conv', 'x, w -> c'), node('GlobalAveragePool', 'c -> p'), ...nodes],
    weights: { w: floats([5, 3, 1, 1]), s: ints([0, -1]) },
  })
  test.each([
    ['Softmax', ended(node('Flatten', 'p -> f'), node('Softmax', 'f -> q'), node('Identity', 'q -> y'))],
    [
      'Softmax',
      ended(node('Softmax', 'p -> q', { axis: 1 }), node('Reshape', 'q, s -> r'), node('Cast', 'r -> y', { to: 1 })),
    ],
    ['Softmax', { ...ended(node('Softmax', 'p -> y')), opset: 9 }],
    [
      'LogSoftmax',
      ended(node('Flatten', 'p -> f'), node('LogSoftmax', 'f -> q', { axis: 1 }), node('Dropout', 'q -> y')),
    ],
    ['Sigmoid', ended(node('Sigmoid', 'p -> q'), node('Flatten', 'q -> y'))],
  ])('%s is taken away', (name, small) => {
    const { logits, notes } = imported(small)
    expect(logits.shape).toEqual([-1, 5])
    expect(print([logits])).not.toMatch(/softmax|sigmoid/i)
    expect(notes.join()).toContain(`The ${name} at the end was taken away`)
  })

  test.each([
    ['LogSoftmax', ended(node('LogSoftmax', 'p -> q', { axis: 1 }), node('Flatten', 'q -> y'))],
    ['Softmax', ended(node('Softmax', 'p -> q', { axis: 1 }), node('Squeeze', 'q, ends -> y'))],
    ['Softmax', ended(node('Softmax', 'p -> q', { axis: 1 }), node('Transpose', 'q -> y', { perm: [0, 2, 3, 1] }))],
    ['Log of Softmax', ended(node('Flatten', 'p -> f'), node('Softmax', 'f -> q'), node('Log', 'q -> y'))],
    ['Softmax', ended(node('Softmax', 'p -> q', { axis: 1 }), node('Dropout', 'q -> r'), node('Flatten', 'r -> y'))],
  ])('%s is taken away, whatever axes are behind it', (name, small) => {
    const { logits, notes } = imported({ ...small, weights: { ...small.weights, ends: ints([2, 3]) } })
    expect(logits.shape).toEqual([-1, 5])
    expect(print([logits])).not.toMatch(/softmax|log/i)
    expect(notes).toEqual([`The ${name} at the end was taken away: attacks work on logits.`])
  })

  test.each([
    ['a sum', [node('Softmax', 'f -> q'), node('Softmax', 'h -> r'), node('Add', 'q, r -> y')]],
    ['a product', [node('Softmax', 'f -> q'), node('Mul', 'q, h -> y')]],
    ['a mean of two nets', [node('Softmax', 'f -> q'), node('Softmax', 'h -> r'), node('Mean', 'q, r -> y')]],
  ])('a Softmax in %s stays', async (_, nodes) => {
    const small = ended(node('Flatten', 'p -> f'), node('Neg', 'f -> h'), ...nodes)
    expect(print([imported(small).logits])).toContain('softmax')
    expect(imported(small).notes).toEqual([])
    expect(await disagreement(small)).toBeLessThan(1e-5)
  })

  test('a Softmax over something else stays', () => {
    const small = ended(
      node('Flatten', 'p -> f'),
      node('Reshape', 'f, pairs -> g'),
      node('Softmax', 'g -> q'),
      node('Flatten', 'q -> y'),
    )
    const { logits, notes } = imported({ ...small, weights: { w: floats([6, 3, 1, 1]), pairs: ints([-1, 3, 2]) } })
    expect(print([logits])).toContain('softmax')
    expect(notes).toEqual([])
  })

  test('BatchNormalization goes into the convolution before it', () => {
    const { logits } = imported({
      nodes: [node('Conv', 'x, w -> c'), node('BatchNormalization', 'c, b, b, b, b -> d'), node('Flatten', 'd -> y')],
      weights: { w: floats([2, 3, 1, 1]), b: floats([2], [1, 2]) },
    })
    expect(print([logits])).toBe(
      'x: [N, 3, 6, 6]\n%1 = conv(x, [2, 3, 1, 1], [2]) : [N, 2, 6, 6]\n%2 = reshape(%1) : [N, 72]\nreturn %2',
    )
  })
})

describe('one number a picture', () => {
  const single = (...nodes: Small['nodes']): Small => ({
    nodes: [node('ReduceMean', 'x -> m', { axes: [1, 2, 3], keepdims: 0 }), ...nodes],
    weights: { column: ints([-1, 1]) },
  })
  const pictures = [3, 5].map(seed => noise(108, seed))
  const means = pictures.map(p => p.reduce((a, b) => a + b, 0) / 108)

  test.each([
    ['[N]', single(node('Identity', 'm -> y')), false],
    ['[N, 1]', single(node('Reshape', 'm, column -> y')), false],
    ['a Sigmoid', single(node('Reshape', 'm, column -> r'), node('Sigmoid', 'r -> y')), true],
    ['a Sigmoid of [N]', single(node('Sigmoid', 'm -> s'), node('Reshape', 's, column -> y')), true],
  ])('%s is the logit of the second of two classes', (_, small, sigmoid) => {
    const { logits, notes } = imported(small)
    expect(logits.shape).toEqual([-1, 2])
    for (const [i, row] of importedRows(imported(small), pictures).entries()) {
      expect(row[0]).toBe(0)
      expect(row[1]).toBeCloseTo(means[i], 6)
    }
    expect(notes.join()).toContain('logit of class 1 beside a 0')
    expect(/Sigmoid at the end was taken away/.test(notes.join())).toBe(sigmoid)
  })

  test('a Softmax of it says nothing', () => {
    const small = single(node('Reshape', 'm, column -> r'), node('Softmax', 'r -> y'))
    expect(() => imported(small)).toThrow(/Softmax of one number: it is always the same/)
  })
})

describe('the input', () => {
  const scored: Small = { nodes: [node('GlobalMaxPool', 'x -> p'), node('Flatten', 'p -> y')] }

  test('channels last', async () => {
    const small: Small = {
      input: ['N', 6, 5, 3],
      nodes: [
        node('Transpose', 'x -> t', { perm: [0, 3, 1, 2] }),
        node('Conv', 't, w -> c'),
        node('Flatten', 'c -> y'),
      ],
      weights: { w: floats([2, 3, 3, 3]) },
    }
    const { input, logits, picture } = imported(small)
    expect([input.shape, picture.layout]).toEqual([[-1, 3, 6, 5], 'NHWC'])
    expect(print([logits])).not.toContain('transpose')
    expect(await disagreement(small)).toBeLessThan(1e-5)
  })

  test('axes that are left open', () => {
    const open = smallModel({ ...scored, input: ['N', 'channels', 'height', null] })
    expect(() => importOnnx(open)).toThrow("height and width of the input 'x' are open")
    expect(importOnnx(open, { size: { height: 8, width: 9 } }).input.shape).toEqual([-1, 3, 8, 9])
  })

  test('float16 is float32 here', () => {
    const { notes } = imported({ ...scored, inputType: 'float16' })
    expect(notes.join()).toContain('float16')
  })

  test('Casts to fewer bits are left out and named, others are left out', () => {
    const small = (to: number): Small => ({
      nodes: [
        node('GlobalMaxPool', 'x -> p'),
        node('Cast', 'p -> q', { to }),
        node('Cast', 'q -> r', { to: 1 }),
        node('Flatten', 'r -> y'),
      ],
    })
    for (const to of [10, 16]) {
      const { notes, logits } = imported(small(to))
      expect(notes).toEqual(['1 Cast to a float type of fewer bits is left out: advx computes in float32.'])
      expect(logits.inputs[0].op.name).toBe('max')
    }
    for (const to of [1, 11]) expect(imported(small(to)).notes).toEqual([])
    expect(() => imported(small(8))).toThrow(/casts to string, which is not known/)
    expect(() => imported(small(17))).toThrow(/casts to float8e4m3fn/)
  })

  test.each([
    [[1, 4, 6, 6], 'float32', /1 or 3 channels for the input 'x' but got 4/],
    [[1, 3, 6], 'float32', /No input takes pictures .*'x' \(float32 \[1, 3, 6\]\)/],
    [['N', 3, 6, 6], 'int64', /No input takes pictures .*int64/],
    [[1, 3, 2 ** 20, 2 ** 20], 'float32', /larger than any/],
  ])('%j of %s', (input, inputType, message) => {
    expect(() => imported({ ...scored, input, inputType })).toThrow(message)
  })

  test('several, none, and one beside it', () => {
    const model = smallModel(scored)
    const [x] = model.graph.inputs
    const having = (...inputs: (typeof x)[]) => ({ ...model, graph: { ...model.graph, inputs } })
    expect(() => importOnnx(having(x, { ...x, name: 'z' }))).toThrow(/Several inputs .*'x'.*'z'/)
    expect(() => importOnnx(having())).toThrow(/The inputs are: none/)
    const scale = { name: 'k', type: 'float32', dims: [] }
    expect(importOnnx(having(x, scale)).logits.shape).toEqual([-1, 3])
    const needs = smallModel({ nodes: [node('Mul', 'x, k -> p'), node('Flatten', 'p -> y')] })
    expect(() => importOnnx({ ...needs, graph: { ...needs.graph, inputs: [x, scale] } })).toThrow(/'k', a second input/)
  })
})

describe('the output', () => {
  const two = smallModel({
    nodes: [
      node('GlobalMaxPool', 'x -> p'),
      node('Flatten', 'p -> features'),
      node('Neg', 'features -> my_logits'),
      node('Relu', 'x -> map'),
    ],
  })
  const outputs = (...names: string[]) => ({
    ...two,
    graph: { ...two.graph, outputs: names.map(name => ({ name, type: 'float32', dims: null })) },
  })
  test('called logits, or the first; or the one that is asked for', () => {
    expect(importOnnx(outputs('features', 'my_logits')).notes.join()).toContain("from the output 'my_logits'")
    expect(importOnnx(outputs('features', 'p')).notes.join()).toContain("from the output 'features'")
    expect(importOnnx(outputs('features', 'my_logits'), { output: 'features' }).notes.join()).toContain("'features'")
    expect(() => importOnnx(outputs('p'), { output: 'q' })).toThrow("no output 'q'. Its outputs are: 'p'")
  })
  const heads = (...kept: string[]) => {
    const gemm = (from: string, to: string) => node('Gemm', `${from}, w -> ${to}`)
    const model = smallModel({
      nodes: [
        node('GlobalMaxPool', 'x -> p'),
        node('Flatten', 'p -> early'),
        gemm('early', 'aux'),
        gemm('early', 'side'),
        node('Tanh', 'early -> deep'),
        node('Sin', 'deep -> features'),
        gemm('features', 'main'),
        node('Softmax', 'main -> probabilities'),
        node('ArgMax', 'main -> best', { axis: 1 }),
        node('Squeeze', 'best, one -> label'),
        node('TopK', 'main, one -> values, places'),
        node('ai.onnx.ml.ZipMap', 'probabilities -> map'),
      ],
      weights: { w: floats([3, 3]), one: ints([1]) },
    })
    const typed = (name: string) => ({
      name,
      type: name === 'map' ? null : ['label', 'best', 'places'].includes(name) ? 'int64' : 'float32',
      dims: name === 'map' ? null : ['label'].includes(name) ? ['N'] : name === 'values' ? ['N', 1] : ['N', 3],
    })
    return { ...model, graph: { ...model.graph, outputs: kept.map(typed) } }
  }
  test.each([
    [['main', 'aux'], 'main', 'auxiliary logits behind'],
    [['aux', 'main'], 'main', 'auxiliary logits in front'],
    [['side', 'main'], 'main', 'auxiliary logits that are not called so'],
    [['main', 'side'], 'main', 'or behind'],
    [['features', 'main'], 'main', 'features that the logits come from'],
    [['features', 'side'], 'features', 'features of another way'],
    [['label', 'probabilities'], 'probabilities', 'the label beside'],
    [['values', 'main'], 'main', 'the largest score beside'],
    [['label', 'map'], 'map', 'a map of probabilities'],
    [['aux'], 'aux', 'nothing else'],
  ])('of %j it is %s: %s', (names, wanted) => {
    const { output, notes, logits } = importOnnx(heads(...names))
    expect(output).toBe(wanted)
    expect(logits.shape).toEqual([-1, 3])
    const others = names.filter(name => name !== wanted).map(name => `'${name}'`)
    if (others.length > 0)
      expect(notes).toContain(`The scores are taken from the output '${wanted}'; --output takes another of ${others}.`)
    else expect(notes).toEqual([])
  })
  test('a value inside is taken where it is asked for', () => {
    const { output, notes } = importOnnx(heads('main'), { output: 'deep' })
    expect(output).toBe('deep')
    expect(notes).toEqual(["The scores are taken from the value 'deep'; the outputs are 'main'."])
    expect(() => importOnnx(heads('main'), { output: 'dep' })).toThrow(/no output 'dep'.*Did you mean 'deep'/)
  })
  test.each([['label'], ['best'], ['places'], ['values']])('the places of the largest scores are none: %s', name => {
    expect(() => importOnnx(heads(name))).toThrow(
      /which has no gradient. The scores themselves are 'main': choose them by --output main/,
    )
    expect(importOnnx(heads(name), { output: 'main' }).logits.shape).toEqual([-1, 3])
  })
  test('that is no row of scores', () => {
    expect(() => importOnnx(outputs('map'))).toThrow(/scores of an image classifier.*\[.*3, 6, 6\]/)
  })
})
