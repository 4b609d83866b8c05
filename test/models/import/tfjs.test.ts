import { describe, expect, test } from '@jest/globals'
import { evaluate } from '../../../src/evaluate.ts'
import { type Classifier, loadModel } from '../../../src/models/load.ts'
import {
  attr,
  constant,
  filesOf,
  floats,
  graphWeights,
  layerWeights,
  node,
  placeholder,
  smallGraph,
  smallLayers,
  type Weight,
  whole,
} from '../../formats/tfjs/sample.ts'
import { folderOf } from '../../io/folder.ts'

const load = async (topology: object, weights: readonly Weight[], more?: object, files: Record<string, string> = {}) =>
  loadModel(await folderOf({ ...filesOf(topology, weights, more), ...files }))

const graph = (...more: readonly object[]): Promise<Classifier> => load(smallGraph(...more), graphWeights)
const layers = (...between: readonly object[]): Promise<Classifier> => load(smallLayers(...between), layerWeights)

/** Logits of a picture of ones. */
const logits = (model: Classifier): number[] => {
  const { input: x, logits } = model.graph
  return Array.from(evaluate([logits], new Map([[x, new Float64Array(3 * 6 * 5).fill(1)]]))[0])
}

describe('a model', () => {
  test('is called after its folder, and has a hash of its weights', async () => {
    const model = await graph()
    expect(model).toMatchObject({ file: 'model.json', format: 'tfjs', batch: 'any' })
    expect(model.name).toMatch(/^advx-io-/)
    expect(model.weights).toMatch(/^[0-9a-f]{64}$/)
    const other = await load(smallGraph(), [graphWeights[0], floats('w', [3, 2], [1, 0, 0, 1, 0, 0])])
    expect(other.sha256).toBe(model.sha256)
    expect(other.weights).not.toBe(model.weights)
  })

  test('finds what lies beside it, or in its own metadata', async () => {
    const config = JSON.stringify({ id2label: { 0: 'cat', 1: 'dog' } })
    const halves = JSON.stringify({ image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], do_normalize: true })
    const beside = await load(
      smallGraph(),
      graphWeights,
      {},
      { 'config.json': config, 'preprocessor_config.json': halves },
    )
    expect([beside.classes, beside.classesFrom, beside.preprocessing.from]).toEqual([
      ['cat', 'dog'],
      'config.json',
      'preprocessor_config.json',
    ])
    const own = { userDefinedMetadata: { 'advx.classes': ['a', 'b'], 'advx.preprocessing': 'inception' } }
    const inside = await load(smallLayers(), layerWeights, own)
    expect([inside.classes, inside.preprocessing.name]).toEqual([['a', 'b'], 'inception'])
  })

  test('of layers and of operators are the same', async () => {
    const w = [0, 2, 4].map(i => floats('w', [3, 2]).bytes.slice(4 * i, 4 * i + 8))
    const sums = [0, 1].map(k => w.reduce((sum, bytes) => sum + new Float32Array(bytes.buffer)[k], 0))
    for (const model of [await graph(), await layers()])
      for (const [k, z] of logits(model).entries()) expect(z).toBeCloseTo(sums[k], 6)
  })

  test('with a layer that was the first of another', async () => {
    const stale = { class_name: 'Dropout', config: { name: 'drop', batch_input_shape: [null, 8] } }
    const { notes } = await layers(stale)
    expect(notes.join()).toMatch(/1 layer names an input shape that is not the one it gets/)
  })

  test('of Keras 3, whose layers name their tensors in full', async () => {
    const tensor = (from: string, call = 0): object => ({
      class_name: '__keras_tensor__',
      config: { shape: [null, 6, 5, 3], dtype: 'float32', keras_history: [from, call, 0] },
    })
    const layer = (class_name: string, name: string, config: object, ...calls: readonly (readonly unknown[])[]) => ({
      class_name,
      module: 'keras.layers',
      name,
      config: { name, dtype: { class_name: 'DTypePolicy', config: { name: 'float32' } }, ...config },
      inbound_nodes: calls.map(args => ({ args, kwargs: { mask: null, training: false } })),
    })
    const inner = {
      layers: [
        layer('InputLayer', 'in', { batch_shape: [null, 6, 5, 3] }),
        layer('DepthwiseConv2D', 'each', { kernel_size: [1, 1], use_bias: false }, [tensor('in')]),
        layer('LeakyReLU', 'leak', { negative_slope: 0.5 }, [tensor('each')]),
      ],
      input_layers: ['in', 0, 0],
      output_layers: ['leak', 0, 0],
    }
    const topology = {
      keras_version: '3.4.1',
      model_config: {
        class_name: 'Functional',
        config: {
          layers: [
            layer('InputLayer', 'pictures', { batch_shape: [null, 6, 5, 3] }),
            layer('Functional', 'inner', inner, [tensor('pictures')], [tensor('inner')]),
            layer('Add', 'sum', {}, [[tensor('inner'), tensor('inner', 1)]]),
            layer('GlobalAveragePooling2D', 'means', { keepdims: false }, [tensor('sum')]),
            layer('Dense', 'dense', { units: 2, activation: 'linear', use_bias: false }, [tensor('means')]),
          ],
          input_layers: [['pictures', 0, 0]],
          output_layers: [['dense', 0, 0]],
        },
      },
    }
    const model = await load(topology, [floats('each/kernel', [1, 1, 3, 1], [1, -2, 3]), ...layerWeights])
    // Of ones: each is [1, -1, 3], and again [1, 2, 9].
    const w = floats('w', [3, 2]).bytes
    const kernel = new Float32Array(w.buffer)
    const wanted = [0, 1].map(k => 2 * kernel[k] + kernel[2 + k] + 12 * kernel[4 + k])
    for (const [k, z] of logits(model).entries()) expect(z).toBeCloseTo(wanted[k], 5)
  })

  test('whose second result is taken', async () => {
    const parts = [
      node('parts', 'Split', ['one', 'mean'], { num_split: { i: '3' } }),
      node('z', 'ConcatV2', ['parts:1', 'parts:2', 'one'], { N: { i: '2' } }),
    ]
    const model = await loadModel(
      await folderOf(filesOf(smallGraph(constant('one'), ...parts), [...graphWeights, whole('one', [1], [])])),
      { output: 'z' },
    )
    expect(logits(model).map(z => z.toFixed(6))).toEqual(['1.000000', '1.000000'])
  })
})

describe('what cannot be read is told with its node', () => {
  const picture = ['x', -1, 6, 5, 3] as const
  test.each<[string, () => Promise<Classifier>, string]>([
    [
      'an unknown operator',
      () => graph(node('odd', 'NonMaxSuppressionV5', ['y'])),
      "The operator of node 'odd' (NonMaxSuppressionV5) from 'tensorflow' is not known. Known are: Abs,",
    ],
    [
      'an unknown layer',
      () => layers({ class_name: 'LSTM', config: { name: 'memory', units: 3 } }),
      "The operator of node 'memory' (LSTM) from 'keras' is not known. Known are: Activation,",
    ],
    [
      'an unknown activation',
      () => layers({ class_name: 'Activation', config: { name: 'act', activation: 'sine' } }),
      "The node 'act' (Activation) cannot be read. The activation 'sine' is not known",
    ],
    [
      'a setting of another type',
      () => layers({ class_name: 'LeakyReLU', config: { name: 'leak', alpha: 'much' } }),
      "a number for its setting 'alpha'",
    ],
    [
      'two pictures',
      () => load({ node: [placeholder(...picture), placeholder('z', -1, 6, 5, 3), node('y', 'Add', ['x', 'z'])] }, []),
      'Several inputs take pictures',
    ],
    [
      'a second input',
      () => graph(placeholder('flag', 1), node('end', 'Mul', ['y', 'flag'])),
      "Nothing computes 'flag', a second input of the model",
    ],
    [
      'a batch that is normalised',
      () =>
        graph(
          node('b', 'FusedBatchNormV3', ['x', 'w', 'w', 'w', 'w'], { is_training: { b: true } }),
          node('logits', 'Mean', ['b', 'axes']),
        ),
      'convert the model for inference',
    ],
    [
      'a way that depends on the picture',
      () =>
        graph(
          node('whether', 'Greater', ['y', 'y']),
          node('odd', 'Switch', ['y', 'whether']),
          node('z', 'Neg', ['odd']),
        ),
      "The node 'odd' (Switch) cannot be read. Its condition 'whether' is no constant: convert the model for inference.",
    ],
    [
      'a loop',
      () => graph(node('odd', 'StatelessWhile', ['y'])),
      "The node 'odd' (StatelessWhile) cannot be read. advx reads no loops",
    ],
    [
      'a loop of nodes',
      () => graph(node('in', 'Enter', ['y']), node('m', 'Merge', ['in', 'on']), node('on', 'NextIteration', ['m'])),
      "The node 'in' (Enter) cannot be read. advx reads no loops",
    ],
    [
      "a convolution's transpose onto another shape",
      () =>
        load(
          {
            node: [
              placeholder(...picture),
              constant('sizes'),
              constant('w'),
              node('y', 'Conv2DBackpropInput', ['sizes', 'w', 'x'], {
                padding: attr.text('SAME'),
                strides: attr.ints(1, 2, 2, 1),
              }),
            ],
          },
          [whole('sizes', [1, 9, 9, 2]), floats('w', [3, 3, 2, 3])],
        ),
      'Weights of [3, 3, 2, 3] do not spread [1, 3, 6, 5] over [9, 9]',
    ],
    [
      'weights that do not fit',
      () => load(smallLayers(), [floats('dense/kernel', [4, 2])]),
      "The node 'dense' (Dense) cannot be read. Weights of [4, 2] do not fit [1, 3]",
    ],
    [
      'a padding that is none',
      () =>
        graph(
          node('p', 'MaxPool', ['x'], {
            padding: attr.text('LEFT'),
            ksize: attr.ints(1, 2, 2, 1),
            strides: attr.ints(1, 2, 2, 1),
          }),
          node('logits', 'Mean', ['p', 'axes']),
        ),
      "Its padding 'LEFT' is not known",
    ],
    [
      'scores that are none',
      () => load({ node: [placeholder(...picture), node('map', 'Relu', ['x'])] }, []),
      'the scores of an image classifier, [N, classes]',
    ],
  ])('%s', async (_, make, message) => {
    await expect(make()).rejects.toMatchObject({ fault: 'model', message: expect.stringContaining(message) })
  })
})
