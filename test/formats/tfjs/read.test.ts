import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readTfjs } from '../../../src/formats/tfjs/read.ts'
import { folderOf } from '../../io/folder.ts'
import { filesOf, floats, graphWeights, layerWeights, node, smallGraph, smallLayers, type Weight } from './sample.ts'

const read = async (files: Record<string, string | Uint8Array>) => readTfjs(join(await folderOf(files), 'model.json'))

describe('a graph', () => {
  test('has its Placeholders as inputs, its Consts as weights, and what nobody reads as outputs', async () => {
    const { graph, opsets } = await read(filesOf(smallGraph(), graphWeights))
    expect([...opsets.keys()]).toEqual(['tensorflow'])
    expect(graph.inputs).toEqual([{ name: 'x', type: 'float32', dims: [null, 6, 5, 3] }])
    expect([...graph.initializers.keys()]).toEqual(['axes', 'w'])
    expect(graph.outputs.map(({ name }) => name)).toEqual(['y'])
    expect(graph.nodes.map(({ type }) => type)).toEqual(['Mean', 'MatMul'])
  })

  test('says its outputs by a signature, and the program that wrote it', async () => {
    const outputs = {
      scores: { name: 'mean:0', dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: '3' }] } },
    }
    const more = {
      generatedBy: 'a program',
      userDefinedMetadata: { signature: { outputs }, 'advx.classes': ['a', 'b'] },
    }
    const { graph, producer, metadata } = await read(filesOf(smallGraph(), graphWeights, more))
    expect(graph.outputs).toEqual([{ name: 'mean', type: 'float32', dims: [null, 3] }])
    expect([producer, metadata.get('advx.classes')]).toEqual(['a program', '["a","b"]'])
  })

  test('names the second result of a node, and leaves out what only comes before', async () => {
    const more = [node('parts', 'Unpack', ['y', '^mean']), node('z', 'Identity', ['parts:1'])]
    const { graph } = await read(filesOf(smallGraph(...more), graphWeights))
    const parts = graph.nodes.find(({ name }) => name === 'parts')
    expect([parts?.inputs, parts?.outputs]).toEqual([['y'], ['parts', 'parts:1']])
  })

  test.each([
    [
      'a cycle',
      [node('a', 'Relu', ['b']), node('b', 'Relu', ['a'])],
      /node 'b' \(Relu\) reads its own result.*cycle|node 'a' \(Relu\) reads its own result.*cycle/,
    ],
    ['what nothing computes', [node('a', 'Relu', ['gone'])], "The node 'a' (Relu) reads 'gone', which nothing defines"],
    ['one name twice', [node('y', 'Relu', ['x'])], "The value 'y' is defined twice"],
    ['a Const without a weight', [node('c', 'Const', [])], "The node 'c' (Const) has no weight in the manifest"],
  ])('with %s', async (_, more, message) => {
    await expect(read(filesOf(smallGraph(...more), graphWeights))).rejects.toMatchObject({
      fault: 'model',
      message: message instanceof RegExp ? expect.stringMatching(message) : expect.stringContaining(message),
    })
  })
})

describe('layers', () => {
  test('have a node each, and their weights by name', async () => {
    const { graph, producer } = await read(filesOf(smallLayers(), layerWeights))
    expect(producer).toBe('Keras 2.1.4')
    expect(graph.inputs).toEqual([{ name: 'means_input', type: 'float32', dims: [null, 6, 5, 3] }])
    expect(graph.nodes.map(({ type, inputs }) => [type, inputs])).toEqual([
      ['GlobalAveragePooling2D', ['means_input']],
      ['Dense', ['means', 'dense/kernel', '']],
    ])
  })

  test.each(['model/dense/kernel', 'dense/kernel:0', 'dense/dense/kernel'])('a weight called %s', async name => {
    const { graph } = await read(filesOf(smallLayers(), [floats(name, [3, 2])]))
    expect(graph.nodes[1].inputs).toEqual(['means', name, ''])
  })

  test.each([
    ['none of it', [], "The layer 'dense' has no weight 'dense/kernel' in the manifest"],
    ['two of it', [floats('a/dense/kernel', [3, 2]), floats('b/dense/kernel', [3, 2])], 'has several weights'],
  ])('with %s', async (_, weights, message) => {
    await expect(read(filesOf(smallLayers(), weights))).rejects.toThrow(message)
  })

  test('with a cycle', async () => {
    const layer = (name: string, from: string): object => ({
      name,
      class_name: 'Dropout',
      config: { name },
      inbound_nodes: [[[from, 0, 0, {}]]],
    })
    const config = { layers: [layer('a', 'b'), layer('b', 'a')], input_layers: [], output_layers: [['b', 0, 0]] }
    await expect(read(filesOf({ class_name: 'Model', config }))).rejects.toThrow(/cycle/)
  })

  test('a model that calls itself over and over in few bytes', async () => {
    let inner: object = { class_name: 'Dropout', config: { name: 'leaf' } }
    for (let depth = 0; depth < 40; depth++) {
      const call = (k: number): unknown => [[k === 0 ? 'x' : 'inner', k, 0, {}]]
      const layers = [
        { class_name: 'InputLayer', name: 'x', config: { name: 'x' }, inbound_nodes: [] },
        { ...inner, name: 'inner', inbound_nodes: [call(0), call(1)] },
      ]
      const ends = { input_layers: [['x', 0, 0]], output_layers: [['inner', depth === 0 ? 1 : 2, 0]] }
      inner = { class_name: 'Model', config: { name: 'inner', layers, ...ends } }
    }
    await expect(read(filesOf(inner))).rejects.toThrow('more than 65536 layers')
  })
})

describe('weights', () => {
  const one = (weight: Partial<Weight>): Record<string, string | Uint8Array> =>
    filesOf(smallGraph(), [graphWeights[0], { ...graphWeights[1], ...weight }])
  const w = async (weight: Partial<Weight>): Promise<number[]> => {
    const { graph } = await read(one(weight))
    return Array.from(graph.initializers.get('w')!.data as Float32Array)
  }
  const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

  test('of 8 and 16 bits, by scale and least value', async () => {
    const scaled = { scale: 0.5, min: -1 }
    const wanted = [-1, -0.5, 0, 0.5, 1, 126.5]
    const levels = [0, 1, 2, 3, 4, 255]
    const eight = { quantization: { dtype: 'uint8', ...scaled }, bytes: bytes(...levels) }
    const sixteen = {
      quantization: { dtype: 'uint16', ...scaled },
      bytes: new Uint8Array(Uint16Array.from(levels).buffer),
    }
    expect(await w(eight)).toEqual(wanted)
    expect(await w(sixteen)).toEqual(wanted)
  })

  test('of float16', async () => {
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0, 0x0001, 0x7bff)
    const values = await w({ quantization: { dtype: 'float16' }, bytes: new Uint8Array(halves.buffer) })
    expect(values).toEqual([1, -2, Math.fround(0.333251953125), 0, 2 ** -24, 65504])
  })

  test('of whole numbers and truth', async () => {
    const { graph } = await read(
      filesOf(smallGraph(node('truth', 'Const', []), node('levels', 'Const', [])), [
        ...graphWeights,
        { name: 'truth', shape: [2], dtype: 'bool', bytes: bytes(1, 0) },
        { name: 'levels', shape: [3], dtype: 'uint8', bytes: bytes(7, 8, 255) },
      ]),
    )
    const data = (name: string): number[] => Array.from(graph.initializers.get(name)!.data as Uint8Array)
    expect([data('axes'), data('truth'), data('levels')]).toEqual([
      [1, 2],
      [1, 0],
      [7, 8, 255],
    ])
  })

  test('in several files, cut anywhere', async () => {
    const whole = filesOf(smallGraph(), graphWeights)
    const json = JSON.parse(whole['model.json'] as string)
    json.weightsManifest[0].paths = ['a', 'deep/b']
    const all = whole['weights.bin'] as Uint8Array
    const files = { 'model.json': JSON.stringify(json), a: all.subarray(0, 9), 'deep/b': all.subarray(9) }
    expect((await read(files)).graph).toEqual((await read(whole)).graph)
  })

  test.each<[string, Partial<Weight>, string | RegExp]>([
    [
      'an unknown dtype',
      { dtype: 'complex64' },
      "one of float32, int32, bool, uint8 for the dtype of the weight 'w' but got 'complex64'",
    ],
    ['an unknown quantisation', { quantization: { dtype: 'uint4', scale: 1, min: 0 } }, 'uint8, uint16 or float16'],
    [
      'a scale that is none',
      { quantization: { dtype: 'uint8', scale: 'x', min: 0 } },
      "a number for the scale of the quantisation of the weight 'w'",
    ],
    ['a shape that is none', { shape: [-3, 2] }, "lengths of axes for the shape of the weight 'w'"],
    [
      'too few bytes',
      { bytes: bytes(1, 2, 3, 4) },
      "Expected 32 bytes of weights, as the manifest says, for 'weights.bin' but got 12",
    ],
    ['too many bytes', { bytes: new Uint8Array(100) }, 'but got 108'],
    ['more than any network', { shape: [2 ** 20, 2 ** 20] }, 'at most 4 GiB'],
  ])('with %s', async (_, weight, message) => {
    await expect(read(one(weight))).rejects.toMatchObject({
      fault: 'model',
      message: expect.stringContaining(String(message)),
    })
  })

  const elsewhere = (path: string): Record<string, string | Uint8Array> => {
    const files = filesOf(smallGraph(), graphWeights)
    return { ...files, 'model.json': (files['model.json'] as string).replace('weights.bin', path) }
  }

  test('whose file is missing', async () => {
    await expect(read(elsewhere('gone.bin'))).rejects.toThrow(
      /Weights lie in the external file '.*gone\.bin', which cannot be read \(ENOENT\)/,
    )
  })

  test.each(['../secret', '/etc/passwd', 'a/../../secret', ''])('outside the folder: %j', async path => {
    await expect(read(elsewhere(path))).rejects.toThrow(
      "a file in the model's folder for a path of the weights manifest",
    )
  })

  test('outside the folder by a link', async () => {
    const secret = await folderOf({ secret: new Uint8Array(32) })
    const folder = await folderOf(elsewhere('link'))
    await symlink(join(secret, 'secret'), join(folder, 'link'))
    await expect(readTfjs(join(folder, 'model.json'))).rejects.toThrow("a file in the model's folder")
  })
})

describe('no model', () => {
  test.each([
    ['{"layers": []', 'It is no JSON'],
    ['[]', 'an object for a tfjs model'],
    ['{"a": 1}', "'modelTopology' and 'weightsManifest' of a tfjs model"],
    ['{"modelTopology": {"node": []}}', "a list for 'weightsManifest' but got 'nothing'"],
    ['{"modelTopology": {"node": 3}, "weightsManifest": []}', "a list for 'node' of the topology"],
    ['{"modelTopology": {"class_name": "Sequential", "config": []}, "weightsManifest": []}', 'has no layers'],
    ['{"modelTopology": {}, "weightsManifest": []}', "a text for 'class_name' of the topology"],
  ])('%s', async (text, message) => {
    await expect(read({ 'model.json': text })).rejects.toMatchObject({
      fault: 'model',
      message: expect.stringContaining(message),
    })
  })

  test('no file', async () => {
    await expect(readTfjs('gone/model.json')).rejects.toThrow('gone/model.json: There is no such file.')
  })
})
