import { describe, expect, test } from '@jest/globals'
import { AdvxError } from '../../../src/errors.ts'
import { importOnnx } from '../../../src/models/import/import-onnx.ts'
import { countOperators } from '../../../src/models/import/inventory.ts'
import { f } from './case.ts'
import { branch, disagreement, floats, fn, ints, node, type Small, smallModel } from './small-model.ts'

const kernel = { w: floats([4, 3, 3, 3]), v: floats([4, 4, 1, 1]) }

/** x -> conv -> leak -> y, the way torch.onnx writes modules: functions that call functions. */
const modules: Small = {
  nodes: [
    node('pkg.Block', 'x, w -> h', { slope: f(0.2) }),
    node('pkg.Block', 'h, v -> i', { slope: f(0.3) }),
    node('Flatten', 'i -> y'),
  ],
  weights: kernel,
  functions: [
    fn(
      'pkg.Block: x, w -> y',
      [
        node('Conv', 'x, w -> h'),
        node('pkg.Leak', 'h -> i', { alpha: { reference: 'slope', to: 'float' } }),
        node('pkg.Leak', 'i -> y'),
      ],
      { attributes: ['slope'] },
    ),
    fn('pkg.Leak: h -> y', [node('LeakyRelu', 'h -> y', { alpha: { reference: 'alpha', to: 'float' } })], {
      defaults: new Map([['alpha', { kind: 'float', value: 0.5 }]]),
    }),
  ],
}

describe('functions of the file', () => {
  test('call each other, with attributes that are passed on or have defaults; names are their own', async () => {
    expect(await disagreement(modules)).toBeLessThan(1e-5)
    expect([...countOperators(smallModel(modules))]).toEqual([
      ['Conv', 2],
      ['LeakyRelu', 4],
      ['Flatten', 1],
    ])
  })

  test('an operator falls back on its default where neither caller nor function says', async () => {
    const functions = [
      fn('pkg.Leak: h -> y', [node('LeakyRelu', 'h -> y', { alpha: { reference: 'alpha', to: 'float' } })], {
        attributes: ['alpha'],
      }),
    ]
    const small = { nodes: [node('pkg.Leak', 'x -> h'), node('Flatten', 'h -> y')], functions }
    expect(await disagreement(small)).toBeLessThan(1e-5)
  })

  test('have an opset of their own, optional inputs and outputs that nobody wants', async () => {
    const small: Small = {
      nodes: [node('pkg.Old', 'x, bias -> a, rest'), node('pkg.Old', 'a -> b, more'), node('Flatten', 'b -> y')],
      weights: { bias: floats([3]) },
      functions: [
        fn(
          'pkg.Old: x, b -> y, z',
          [
            node('Constant', '-> one', { value: floats([3, 3, 1, 1]) }),
            node('Conv', 'x, one, b -> c'),
            node('Clip', 'c -> y', { min: f(-0.3), max: f(0.4) }),
            node('NonZero', 'x -> z'),
          ],
          { opsets: new Map([['', 10]]) },
        ),
      ],
    }
    const { logits } = importOnnx(smallModel(small))
    expect(logits.shape).toEqual([-1, 108])
    // ONNX Runtime wants one opset for all: the same function as opset 17 has it.
    const clip = node('Clip', 'c, lo, hi -> y')
    const bounds = [
      node('Constant', '-> lo', { value_float: f(-0.3) }),
      node('Constant', '-> hi', { value_float: f(0.4) }),
    ]
    const newer = fn('pkg.Old: x, b -> y, z', [
      ...small.functions![0].nodes.filter(({ type }) => type !== 'Clip'),
      ...bounds,
      clip,
    ])
    expect(await disagreement({ ...small, functions: [newer] })).toBeLessThan(1e-5)
  })

  test('of the same name differ by their overload', () => {
    const twice = fn('pkg.F: x -> y', [node('Add', 'x, x -> y')], { overload: 'twice' })
    const nothing = fn('pkg.F: x -> y', [node('Identity', 'x -> y')])
    const nodes = [
      { ...node('pkg.F', 'x -> h'), overload: 'twice' },
      node('pkg.F', 'h -> i'),
      node('Flatten', 'i -> y'),
    ]
    const model = smallModel({ nodes, functions: [nothing, twice] })
    expect([...countOperators(model).keys()]).toEqual(['Add', 'Identity', 'Flatten'])
    expect(importOnnx(model).logits.inputs[0].op.name).toBe('add')
  })

  test('branches within them read their values and the attributes of the caller', async () => {
    const chosen = fn(
      'pkg.Chosen: x, c -> y',
      [
        node('Neg', 'x -> n'),
        node('If', 'c -> y', {
          then_branch: branch('t', node('LeakyRelu', 'n -> t', { alpha: { reference: 'alpha', to: 'float' } })),
          else_branch: branch('e', node('Identity', 'n -> e')),
        }),
      ],
      { attributes: ['alpha'] },
    )
    const small = (truth: number): Small => ({
      nodes: [
        node('Constant', '-> c', { value: { name: '', type: 'bool', dims: [], data: Uint8Array.of(truth) } }),
        node('pkg.Chosen', 'x, c -> h', { alpha: f(0.3) }),
        node('Flatten', 'h -> y'),
      ],
      functions: [chosen],
    })
    expect(importOnnx(smallModel(small(0))).logits.inputs[0].op.name).toBe('neg')
    expect(await disagreement(small(1))).toBeLessThan(1e-5)
  })
})

describe('functions that cannot be read', () => {
  const calling = (...functions: NonNullable<Small['functions']>): Small => ({
    nodes: [{ ...node('pkg.F', 'x -> h'), name: 'head' }, node('Flatten', 'h -> y')],
    functions,
  })
  const refused: readonly (readonly [name: string, small: Small, message: RegExp])[] = [
    [
      'an operator that is not known',
      calling(fn('pkg.F: x -> y', [{ ...node('Fancy', 'x -> y'), name: 'deep' }])),
      /In the function 'pkg.F' of node 'head' \(F\): The operator of node 'deep' \(Fancy\)/,
    ],
    [
      'a node that does not fit',
      calling(fn('pkg.F: x -> y', [node('MaxPool', 'x -> y')])),
      /In the function 'pkg.F' of node 'head' \(F\): The node 0 \('MaxPool'\) of opset 17 cannot be read. .*kernel_shape/,
    ],
    ['one that calls itself', calling(fn('pkg.F: x -> y', [node('pkg.F', 'x -> y')])), /calls itself/],
    [
      'two that call each other',
      calling(fn('pkg.F: x -> y', [node('pkg.G', 'x -> y')]), fn('pkg.G: x -> y', [node('pkg.F', 'x -> y')])),
      /'pkg.F' of node 'head' .*'pkg.G' of node 0 .*'pkg.F' of node 0 .*calls itself/,
    ],
    [
      'a chain of a thousand',
      calling(
        fn('pkg.F: x -> y', [node('pkg.F0', 'x -> y')]),
        ...Array.from({ length: 1000 }, (_, i) => fn(`pkg.F${i}: x -> y`, [node(`pkg.F${i + 1}`, 'x -> y')])),
        fn('pkg.F1000: x -> y', [node('Neg', 'x -> y')]),
      ),
      /more than 64 deep/,
    ],
    [
      'thirty that call the next one twice',
      calling(
        fn('pkg.F: x -> y', [node('pkg.F0', 'x -> y')]),
        ...Array.from({ length: 30 }, (_, i) =>
          fn(`pkg.F${i}: x -> y`, [node(`pkg.F${i + 1}`, 'x -> h'), node(`pkg.F${i + 1}`, 'h -> y')]),
        ),
        fn('pkg.F30: x -> y', [node('Neg', 'x -> y')]),
      ),
      /more than 65536 nodes/,
    ],
    [
      'more inputs than it has',
      calling(fn('pkg.F: -> y', [node('Constant', '-> y', { value: floats([3]) })])),
      /takes 0 inputs, not 1/,
    ],
    [
      'an opset that is not known',
      calling(fn('pkg.F: x -> y', [node('Neg', 'x -> y')], { opsets: new Map([['', 3]]) })),
      /opset 7 to 24 of ai.onnx for the function but got 3/,
    ],
  ]
  test.each(refused.map(([name, small, message]) => ({ name, small, message })))('$name', ({ small, message }) => {
    expect(() => importOnnx(smallModel(small))).toThrow(message)
    expect(() => importOnnx(smallModel(small))).toThrow(AdvxError)
  })
})

describe('If', () => {
  const chosen = (cond: string, ...before: Small['nodes']): Small => ({
    nodes: [
      ...before,
      node('If', `${cond} -> z`, {
        then_branch: branch('t', node('Relu', 'late -> t')),
        else_branch: branch('e', node('Fancy', 'x -> f'), node('Neg', 'f -> e')),
      }),
      // Sorted before the If by the reader, as only its branch reads it.
      node('Abs', 'x -> late'),
      node('Flatten', 'z -> y'),
    ],
    weights: {
      yes: { name: '', type: 'bool', dims: [1], data: Uint8Array.of(1) },
      four: ints([4], []),
      w: floats([3, 1, 1]),
    },
  })

  test('takes one branch and does not look into the other', () => {
    expect(importOnnx(smallModel(chosen('yes'))).logits.inputs[0].op.name).toBe('relu')
  })

  test('by shapes that are known', () => {
    const rank = [node('Shape', 'x -> s'), node('Size', 's -> n'), node('Equal', 'n, four -> c')]
    expect(importOnnx(smallModel(chosen('c', ...rank))).logits.inputs[0].op.name).toBe('relu')
  })

  test('gives several values, one within the other, and reads names of all graphs around', async () => {
    const inner = branch('u', node('Add', 'a, h -> u'))
    const both = {
      ...branch(
        't',
        node('Mul', 'h, w -> a'),
        node('If', 'yes -> t', { then_branch: inner, else_branch: inner }),
        node('Neg', 'a -> b'),
      ),
    }
    const outputs = [...both.outputs, { name: 'b', type: 'float32', dims: null }]
    const small: Small = {
      ...chosen('yes'),
      nodes: [
        node('Sin', 'x -> h'),
        node('If', 'yes -> p, q', { then_branch: { ...both, outputs }, else_branch: { ...both, outputs } }),
        node('Mul', 'p, q -> z'),
        node('Flatten', 'z -> y'),
      ],
    }
    expect(await disagreement(small)).toBeLessThan(1e-5)
  })

  test('is refused where its condition depends on the picture', () => {
    const bright = [node('ReduceMax', 'x -> m', { keepdims: 0 }), node('Greater', 'm, w -> c')]
    expect(() => importOnnx(smallModel({ ...chosen('c', ...bright), input: [1, 3, 6, 6] }))).toThrow(
      /node .*\('If'\).*computed from the picture/,
    )
  })

  test('by the number of pictures it is read for one at a time', () => {
    const small = chosen('c', node('Shape', 'x -> s'), node('Gather', 's, zero -> n'), node('Equal', 'n, one -> c'))
    const weights = { ...small.weights, zero: ints([0], []), one: ints([1], []) }
    const { batch, notes } = importOnnx(smallModel({ ...small, weights }))
    expect(batch).toBe(1)
    expect(notes.join()).toMatch(/one picture at a time.*how many pictures come at once/)
  })

  test('without its branch, and a chain of thousands', () => {
    const bare: Small = { ...chosen('yes'), nodes: [node('If', 'yes -> z'), node('Flatten', 'z -> y')] }
    expect(() => importOnnx(smallModel(bare))).toThrow("attribute 'then_branch' is missing")
    const chain = Array.from({ length: 5000 }, (_, i) => {
      const next = branch('t', node('Neg', `v${i} -> t`))
      return node('If', `yes -> v${i + 1}`, { then_branch: next, else_branch: next })
    })
    const long = { ...chosen('yes'), nodes: [node('Identity', 'x -> v0'), ...chain, node('Flatten', 'v5000 -> y')] }
    expect(importOnnx(smallModel(long)).logits.shape).toEqual([-1, 108])
  })
})

test.each(['Loop', 'Scan'])('%s is refused with what to do', type => {
  const body = branch('t', node('Neg', 'x -> t'))
  const small = { nodes: [node(type, 'x -> h', { body }), node('Flatten', 'h -> y')] }
  expect(() => importOnnx(smallModel(small))).toThrow(/no loops: export the model with its loops unrolled/)
})
