import { describe, expect, test } from '@jest/globals'
import { parseOnnx } from '../../../src/formats/onnx/read.ts'
import { encodeOnnx } from '../../../src/formats/onnx/write.ts'
import { file, graph, model, named, node, tensor, value } from './sample.ts'

const refused = (bytes: Uint8Array, message: RegExp) => {
  const error = expect.objectContaining({ name: 'AdvxError', fault: 'model', message: expect.stringMatching(message) })
  expect(() => parseOnnx(bytes)).toThrow(error)
}
const types = (bytes: Uint8Array) => parseOnnx(bytes).graph.nodes.map(({ type }) => type)
const io = { inputs: [value('x')], outputs: [value('y')] }

describe('the order of nodes', () => {
  test('is kept where it is one', () => {
    const nodes = [node('C', ['x'], ['c']), node('A', ['x'], ['a']), node('B', ['c', 'a'], ['y'])]
    expect(types(encodeOnnx(model(graph({ ...io, nodes }))))).toEqual(['C', 'A', 'B'])
  })

  test('is made where it is none', () => {
    const nodes = [node('C', ['b', 'a'], ['y']), node('B', ['a'], ['b']), node('A', ['x'], ['a'])]
    expect(types(encodeOnnx(model(graph({ ...io, nodes }))))).toEqual(['A', 'B', 'C'])
  })

  test('counts what a graph within a node reads', () => {
    const branch = graph({ nodes: [node('Neg', ['a'], ['n'])], outputs: [value('n')] })
    const nodes = [node('If', ['x'], ['y'], { then_branch: { kind: 'graph', value: branch } }), node('A', ['x'], ['a'])]
    expect(types(encodeOnnx(model(graph({ ...io, nodes }))))).toEqual(['A', 'If'])
  })

  test('100,000 nodes in a chain, last first', () => {
    const chain = Array.from({ length: 100_000 }, (_, i) => node('Abs', [i ? `v${i - 1}` : 'x'], [`v${i}`]))
    const main = graph({ inputs: io.inputs, outputs: [value('v99999')], nodes: chain.toReversed() })
    expect(parseOnnx(encodeOnnx(model(main))).graph.nodes.at(-1)!.outputs).toEqual(['v99999'])
  })

  test.each([
    ['two nodes', [node('A', ['x', 'b'], ['a']), node('B', ['a'], ['b', 'y'])]],
    ['one node', [node('A', ['y'], ['y'])]],
  ])('a cycle of %s', (_, nodes) => {
    refused(encodeOnnx(model(graph({ ...io, nodes }))), /node \d \('[AB]'\).*cycle/)
  })
})

describe('definitions', () => {
  const relu = node('Relu', ['x'], ['y'])
  test.each([
    ['a result twice', graph({ ...io, nodes: [relu, relu] })],
    ['an input as a result', graph({ ...io, nodes: [node('Relu', ['x'], ['x'])] })],
    ['a weight as a result', graph({ ...io, nodes: [relu], initializers: named(tensor('y', [1], [1])) })],
    ['an input twice', graph({ ...io, inputs: [value('x'), value('x')], nodes: [relu] })],
  ])('%s', (_, main) => refused(encodeOnnx(model(main)), /The value '[xy]' is defined twice/))

  test('an initializer twice', () => {
    const weight = { name: 'w', dims: [1], dataType: 2, rawData: new Uint8Array(1) }
    refused(file({ initializer: [weight, weight] }), /'w' is defined twice/)
  })

  test('a node reads what nothing defines', () => {
    const nodes = [{ ...node('Add', ['x', 'w'], ['y']), name: 'sum' }]
    refused(encodeOnnx(model(graph({ ...io, nodes }))), /node 'sum' \(Add\) reads 'w', which nothing defines/)
  })

  test('a graph in a node reads what nothing around it defines', () => {
    const branch = graph({ outputs: [value('ghost')] })
    const nodes = [node('If', ['x'], ['y'], { then_branch: { kind: 'graph', value: branch } })]
    refused(encodeOnnx(model(graph({ ...io, nodes }))), /reads 'ghost', which nothing defines/)
  })

  test('an output that nothing computes', () => {
    refused(encodeOnnx(model(graph(io))), /Nothing computes the output 'y'/)
  })

  test('a long name is shortened in the message', () => {
    const nodes = [node('Relu', ['n'.repeat(1e6)], ['y'])]
    refused(encodeOnnx(model(graph({ ...io, nodes }))), /^.{0,200}$/)
  })
})

describe('graphs within graphs', () => {
  const nest = (depth: number): ReturnType<typeof graph> =>
    depth === 0 ? graph({}) : graph({ nodes: [node('If', [], [], { b: { kind: 'graph', value: nest(depth - 1) } })] })

  test('16 are read', () => expect(parseOnnx(encodeOnnx(model(nest(16)))).graph).toEqual(nest(16)))
  test('17 are refused', () => refused(encodeOnnx(model(nest(17))), /more than 16 deep/))
  test('100 are refused', () => refused(encodeOnnx(model(nest(100))), /nested too deeply/))
})

describe('attributes', () => {
  const attribute = (fields: object) =>
    file({ node: [{ opType: 'A', name: 'n', attribute: [{ name: 'a', ...fields }] }] })
  test('twice', () => {
    const a = { name: 'a', type: 2, i: 1 }
    refused(file({ node: [{ opType: 'A', attribute: [a, a] }] }), /attribute 'a' of node 0 \('A'\) comes twice/)
  })
  test('of a type that advx does not know', () => refused(attribute({ type: 13 }), /the attribute type 13/))
  test('without its tensor', () => refused(attribute({ type: 4 }), /Expected a tensor.*node 'n' \(A\).*nothing/))
  test('a sparse tensor, by places or by one index an axis', () => {
    const sparse = (dims: number[], indices: number[], shape: number[]) =>
      attribute({
        type: 11,
        sparse: {
          dims,
          values: { dims: [2], dataType: 1, floatData: Float32Array.of(3, 4) },
          indices: { dims: shape, dataType: 7, int64Data: BigInt64Array.from(indices, BigInt) },
        },
      })
    const places = (bytes: Uint8Array) => {
      const read = parseOnnx(bytes).graph.nodes[0].attributes.get('a')!
      return read.kind === 'sparse' ? [...read.value.places] : null
    }
    expect(places(sparse([2, 3], [1, 5], [2]))).toEqual([1, 5])
    expect(places(sparse([2, 3], [0, 1, 1, 2], [2, 2]))).toEqual([1, 5])
    refused(sparse([2, 3], [1, 6], [2]), /an index below 6 for attribute 'a' of node 'n' \(A\) but got 6/)
    refused(sparse([2, 3], [0, 1, 2, 0], [2, 2]), /an index below 2/)
    refused(sparse([2, 3], [1, -1], [2]), /an index below 6/)
    refused(sparse([2, 3], [1, 1], [2]), /two values in one place/)
    refused(sparse([2, 3], [1], [1]), /an index for each of 2 values/)
    refused(sparse([-2, 3], [1, 2], [2]), /sizes of 0 and more/)
    refused(sparse([2 ** 40, 2 ** 40], [1, 2], [2]), /sizes of 0 and more/)
    refused(attribute({ type: 11 }), /Expected a sparse.*nothing/)
    refused(attribute({ type: 11, sparse: { dims: [1] } }), /values and their indices/)
  })
  test('an integer that no number holds', () => {
    const bytes = Buffer.from(attribute({ type: 2, i: Number.MAX_SAFE_INTEGER }))
    const far = bytes.lastIndexOf(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]))
    bytes[far + 8] = 0x20 // 2^61 + ...
    refused(bytes, /beyond 2\^53/)
  })
  test('a node without an operator', () => refused(file({ node: [{ name: 'n' }] }), /node 'n' has no operator/))
  test('sparse initializers are constants', () => {
    const sparse = (place: bigint) => ({
      dims: [2, 3],
      values: { name: 'w', dims: [1], dataType: 1, floatData: Float32Array.of(3) },
      indices: { dims: [1], dataType: 7, int64Data: BigInt64Array.of(place) },
    })
    const [node] = parseOnnx(file({ sparseInitializer: [sparse(4n)] })).graph.nodes
    expect([node.type, node.outputs]).toEqual(['Constant', ['w']])
    expect(node.attributes.get('sparse_value')).toMatchObject({ kind: 'sparse', value: { dims: [2, 3] } })
    refused(file({ sparseInitializer: [sparse(6n)] }), /an index below 6 for initializer 'w'/)
    refused(file({ sparseInitializer: [sparse(4n), sparse(4n)] }), /'w' is defined twice/)
  })
  test('a value with a negative size', () => {
    const type = { tensorType: { elemType: 1, shape: { dim: [{ value: -2 }] } } }
    refused(file({ input: [{ name: 'x', type }] }), /sizes of 0 and more for value 'x' but got -2/)
  })
})

describe('functions', () => {
  const twice = {
    name: 'F',
    domain: 'd',
    input: ['a'],
    output: ['b'],
    node: [{ opType: 'Neg', input: ['a'], output: ['b'] }],
  }
  test('defined twice', () => refused(file({}, { functions: [twice, twice] }), /function 'd.F' is defined twice/))
  test('told apart by their overload', () => {
    const other = { ...twice, overload: 'b' }
    const node = [{ opType: 'F', domain: 'd', overload: 'b', input: ['x'], output: ['y'] }]
    const read = parseOnnx(file({ node, input: [{ name: 'x' }] }, { functions: [twice, other] }))
    expect(read.functions.map(({ overload }) => overload)).toEqual([undefined, 'b'])
    expect(read.graph.nodes[0].overload).toBe('b')
    refused(file({}, { functions: [other, other] }), /function 'd.F.b' is defined twice/)
  })
  test('reading what is no input', () => {
    refused(file({}, { functions: [{ ...twice, input: [] }] }), /reads 'a', which nothing defines/)
  })
})

describe('opsets', () => {
  const opset = (...versions: number[]) => file({}, { opsetImport: versions.map(version => ({ domain: '', version })) })
  test.each([7, 17, 24])('%i', version => expect(parseOnnx(opset(version)).opsets.get('')).toBe(version))
  test.each([6, 25])('%i', version => refused(opset(version), new RegExp(`opset 7 to 24 .* but got ${version}`)))
  test('none', () => refused(opset(), /opset 7 to 24 .* 'none'/))
  test('two', () => refused(opset(13, 14), /two versions of the operator set 'ai.onnx'/))
  test('other domains are kept', () => {
    const opsetImport = [{ version: 13 }, { domain: 'com.microsoft', version: 1 }]
    expect(parseOnnx(file({}, { opsetImport })).opsets).toEqual(
      new Map([
        ['', 13],
        ['com.microsoft', 1],
      ]),
    )
  })
})
