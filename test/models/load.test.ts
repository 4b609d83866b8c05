import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { evaluate } from '../../src/evaluate.ts'
import { encodeOnnx } from '../../src/formats/onnx/write.ts'
import { grad } from '../../src/grad.ts'
import { loadModel, modelNames } from '../../src/models/load.ts'
import { input, isConstant } from '../../src/tensor.ts'
import { floats, ints, node, smallModel } from './import/small-model.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'advx-load-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const model = smallModel({
  nodes: [
    node('Conv', 'x, w -> c'),
    node('GlobalAveragePool', 'c -> p'),
    node('Flatten', 'p -> f'),
    node('Softmax', 'f -> y'),
  ],
  weights: { w: floats([2, 3, 1, 1], [1, 0, 0, 0, 1, 0]) },
})
const put = (path: string, bytes: Uint8Array | string): string => {
  const file = join(folder, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, bytes)
  return file
}
const onnx = (path: string, metadata: Record<string, string> = {}, what = model): string =>
  put(path, encodeOnnx({ ...what, metadata: new Map(Object.entries(metadata)) }))

describe('a model', () => {
  test('is a graph from pictures in 0..1 to logits', async () => {
    const path = onnx('net.onnx', { 'advx.preprocessing': 'caffe', 'advx.classes': '["blue", "green"]' })
    const classifier = await loadModel(path)
    expect(classifier).toMatchObject({
      name: 'net',
      file: 'net.onnx',
      path,
      sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
      format: 'onnx',
      input: { channels: 3, height: 6, width: 6 },
      classes: ['blue', 'green'],
      classesFrom: 'metadata',
      batch: 'any',
      notes: ['The Softmax at the end was taken away: attacks work on logits.'],
      opsets: new Map([['', 17]]),
      operators: new Map([
        ['Conv', 1],
        ['GlobalAveragePool', 1],
        ['Flatten', 1],
        ['Softmax', 1],
      ]),
    })
    expect(classifier.preprocessing).toMatchObject({ name: 'caffe', from: 'metadata' })

    const { graph, logits, constants } = classifier
    const picture = Float32Array.from({ length: 108 }, (_, i) => [0, 0.5, 1][Math.floor(i / 36)])
    const [row] = evaluate([graph.logits], new Map([[graph.input, picture]]))
    expect(row[0]).toBeCloseTo(255 - 103.939, 3)
    expect(row[1]).toBeCloseTo(127.5 - 116.779, 3)

    const x = input([-1, 3, 6, 6], 'mine')
    expect(logits(x)).toBe(logits(x))
    expect(logits(graph.input)).toBe(graph.logits)
    expect(evaluate([logits(x)], new Map([[x, picture]]))[0]).toEqual(row)
    expect([...constants].every(isConstant)).toBe(true)
    expect(constants.size).toBe(3)
    const gradient = grad((t: typeof x) => logits(t).sum())(x)
    expect(evaluate([gradient], new Map([[x, picture]]))[0][0]).toBeCloseTo(0, 6)
    expect(evaluate([gradient], new Map([[x, picture]]))[0][72]).toBeCloseTo(255 / 36, 4)
  })

  test('for one picture at a time has a gradient too', async () => {
    const alone = smallModel({
      input: [1, 3, 6, 6],
      nodes: [
        node('Squeeze', 'x, a -> b'),
        node('ReduceMean', 'b -> c', { axes: [1, 2], keepdims: 0 }),
        node('Neg', 'c -> y'),
      ],
      weights: { a: ints([0]) },
    })
    const { batch, logits, notes } = await loadModel(onnx('net.onnx', {}, alone))
    expect(batch).toBe(1)
    expect(notes.join()).toContain('one picture at a time')
    const x = input([-1, 3, 6, 6])
    const [gradient] = evaluate([grad((t: typeof x) => logits(t).sum())(x)], new Map([[x, new Float32Array(108)]]))
    expect(gradient[0]).toBeCloseTo(-1 / 36, 6)
  })

  test('options win; what an earlier run recorded gives the same', async () => {
    const path = onnx('net.onnx', { 'advx.preprocessing': 'caffe' })
    const classes = put('names.txt', 'a\nb\n')
    const first = await loadModel(path, { preprocess: 'imagenet', classes })
    expect([first.preprocessing.from, first.classes, first.classesFrom]).toEqual(['option', ['a', 'b'], 'option'])
    const again = await loadModel(path, { preprocess: JSON.parse(JSON.stringify(first.preprocessing.json)) })
    expect(again.preprocessing.json).toEqual(first.preprocessing.json)
    await expect(loadModel(path, { classes: put('names.txt', 'a\nb\nc') })).rejects.toThrow('2 class names')
  })

  test('says what it does not know', async () => {
    const { notes, classes, preprocessing } = await loadModel(onnx('net.onnx'))
    expect(notes.join()).toContain("values from 0 to 1 are taken ('unit')")
    expect([classes, preprocessing.name]).toEqual([['0', '1'], 'unit'])
  })
})

describe("a folder in Hugging Face's layout", () => {
  const open = {
    ...model,
    graph: {
      ...model.graph,
      inputs: [{ name: 'x', type: 'float32', dims: ['batch_size', 'num_channels', 'height', 'width'] }],
    },
  }
  test.each(['hub/model.onnx', 'hub/onnx/model.onnx', 'hub/onnx/../other.onnx'])('%s', async path => {
    const file = onnx(path, {}, open)
    put('hub/config.json', '{"id2label": {"0": "a", "1": "b"}}')
    put(
      'hub/preprocessor_config.json',
      '{"size": {"height": 10, "width": 12}, "image_mean": [0.5, 0.5, 0.5], "image_std": [1, 1, 1]}',
    )
    for (const wanted of [join(folder, 'hub'), file]) {
      const { name, input, classes, classesFrom, preprocessing } = await loadModel(wanted)
      expect(input).toEqual({ channels: 3, height: 10, width: 12 })
      expect([classes, classesFrom, preprocessing.from]).toEqual([
        ['a', 'b'],
        'config.json',
        'preprocessor_config.json',
      ])
      expect(name).toBe(wanted === file ? file.replace(/.*\/|\.onnx$/g, '') : 'hub')
    }
  })

  test('without a model, with several, or with another kind', async () => {
    put('empty/pytorch_model.bin', '')
    await expect(loadModel(join(folder, 'empty'))).rejects.toThrow(/no model.onnx.*export them to ONNX/)
    onnx('two/a.onnx')
    onnx('two/b.onnx')
    await expect(loadModel(join(folder, 'two'))).rejects.toThrow('holds 2 models')
    const other = put('other/model.json', '{}')
    for (const path of [other, join(folder, 'other')])
      await expect(loadModel(path)).rejects.toThrow("Expected 'modelTopology' and 'weightsManifest' of a tfjs model")
  })
})

describe('no model', () => {
  test.each([
    ['gone.onnx', 'model', 'There is no such file'],
    ['fashion-resnett', 'usage', '--model'],
  ])('%s', async (wanted, fault, message) => {
    await expect(loadModel(wanted)).rejects.toMatchObject({ fault, message: expect.stringContaining(message) })
  })

  test('a pointer, garbage, an operator that is not known: with the path', async () => {
    const pointer = put('p.onnx', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n')
    await expect(loadModel(pointer)).rejects.toThrow(/p\.onnx: .*Git LFS/)
    await expect(loadModel(put('g.onnx', 'some garbage'))).rejects.toMatchObject({ fault: 'model' })
    const strange = onnx('s.onnx', {}, smallModel({ nodes: [node('Fancy', 'x -> y')] }))
    await expect(loadModel(strange)).rejects.toThrow(/s\.onnx: The operator of node 0 \('Fancy'\)/)
  })

  test('an output that is not there is the option', async () => {
    await expect(loadModel(onnx('net.onnx'), { output: 'q' })).rejects.toMatchObject({ fault: 'usage' })
  })
})

test('embedded models have a name, a file and metadata', async () => {
  for (const { name, path, metadata } of await modelNames()) {
    const classifier = await loadModel(name)
    expect(classifier.path).toBe(path)
    expect(classifier.classes).toEqual(JSON.parse(metadata.get('advx.classes')!))
    expect(classifier.preprocessing.from).toBe('metadata')
  }
})
