/** A weight of the manifest with its bytes. */
export interface Weight {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: string
  readonly quantization?: object
  readonly bytes: Uint8Array
}

export const floats = (name: string, shape: readonly number[], values?: readonly number[]): Weight => {
  const count = shape.reduce((a, b) => a * b, 1)
  const data = Float32Array.from(values ?? Array.from({ length: count }, (_, i) => ((i * 7) % 11) / 11 - 0.4))
  return { name, shape, dtype: 'float32', bytes: new Uint8Array(data.buffer) }
}

export const whole = (name: string, values: readonly number[], shape = [values.length]): Weight => ({
  name,
  shape,
  dtype: 'int32',
  bytes: new Uint8Array(Int32Array.from(values).buffer),
})

/** The files of a model, by name; `more` goes into its model.json. */
export function filesOf(
  topology: object,
  weights: readonly Weight[] = [],
  more: object = {},
): Record<string, string | Uint8Array> {
  const specs = weights.map(({ bytes: _, ...spec }) => spec)
  const manifest = [{ paths: ['weights.bin'], weights: specs }]
  return {
    'model.json': JSON.stringify({ modelTopology: topology, weightsManifest: manifest, ...more }),
    'weights.bin': Buffer.concat(weights.map(({ bytes }) => bytes)),
  }
}

export const attr = {
  text: (value: string) => ({ s: Buffer.from(value).toString('base64') }),
  ints: (...values: number[]) => ({ list: { i: values.map(String) } }),
}

export const placeholder = (name: string, ...sizes: number[]): object => ({
  name,
  op: 'Placeholder',
  attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: sizes.map(size => ({ size: String(size) })) } } },
})
export const node = (name: string, op: string, input: readonly string[], attr: object = {}): object => ({
  name,
  op,
  input,
  attr,
})
export const constant = (name: string): object => node(name, 'Const', [])

/** A GraphModel: the means of 3 channels times w [3, 2]. */
export const smallGraph = (...more: readonly object[]): object => ({
  node: [
    placeholder('x', -1, 6, 5, 3),
    constant('axes'),
    constant('w'),
    node('mean', 'Mean', ['x', 'axes'], { keep_dims: { b: false } }),
    node('y', 'MatMul', ['mean', 'w'], { transpose_a: { b: false }, transpose_b: { b: false } }),
    ...more,
  ],
})
export const graphWeights = [whole('axes', [1, 2]), floats('w', [3, 2])]

/** A Sequential: the same by layers. */
export const smallLayers = (...between: readonly object[]): object => ({
  class_name: 'Sequential',
  keras_version: '2.1.4',
  config: [
    {
      class_name: 'GlobalAveragePooling2D',
      config: { name: 'means', batch_input_shape: [null, 6, 5, 3], data_format: 'channels_last' },
    },
    ...between,
    { class_name: 'Dense', config: { name: 'dense', units: 2, activation: 'linear', use_bias: false } },
  ],
})
export const layerWeights = [floats('dense/kernel', [3, 2])]
