/** Models of TensorFlow.js' layers, each by its name: its topology as it saves it, and weights drawn anew. */
export function layersModels(tf) {
  const { layers } = tf
  const inputShape = [9, 7, 3]

  /** One of (almost) every layer behind the other. */
  const sequence = () =>
    tf.sequential({
      layers: [
        layers.conv2d({ inputShape, filters: 6, kernelSize: [3, 2], strides: 2, padding: 'same', activation: 'relu' }),
        layers.batchNormalization({}),
        layers.upSampling2d({ size: [2, 3] }),
        layers.leakyReLU({ alpha: 0.2 }),
        layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
        layers.reLU({ maxValue: 2 }),
        layers.zeroPadding2d({
          padding: [
            [0, 1],
            [2, 1],
          ],
        }),
        layers.separableConv2d({ filters: 5, kernelSize: 3, dilationRate: 2, padding: 'same', activation: 'elu' }),
        layers.prelu({}),
        layers.maxPooling2d({ poolSize: 2, strides: 1, padding: 'same' }),
        layers.averagePooling2d({ poolSize: [2, 3], strides: [2, 1], padding: 'same' }),
        layers.cropping2D({
          cropping: [
            [1, 0],
            [0, 2],
          ],
        }),
        layers.dropout({ rate: 0.5 }),
        layers.elu(),
        layers.flatten(),
        layers.dense({ units: 7, activation: 'selu' }),
        layers.layerNormalization({}),
        layers.thresholdedReLU({ theta: 0.1 }),
        layers.dense({ units: 5, activation: 'softmax', useBias: false }),
      ],
    })

  /** Ways that part and meet, gates by channel, one layer called twice, and a model within. */
  const joints = () => {
    const x = tf.input({ shape: inputShape })
    const scaled = layers.rescaling({ scale: 2, offset: -1 }).apply(x)
    const same = layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'shared' })
    const wide = layers.conv2d({ filters: 4, kernelSize: 1 }).apply(scaled)
    const [a, b] = [same.apply(wide), same.apply(layers.activation({ activation: 'tanh' }).apply(wide))]
    const inner = tf.sequential({
      name: 'inner',
      layers: [
        layers.depthwiseConv2d({ inputShape: [9, 7, 4], kernelSize: 3, padding: 'same', useBias: false }),
        layers.batchNormalization({ scale: false }),
        layers.activation({ activation: 'relu6' }),
      ],
    })
    const parts = [
      layers.add().apply([a, b]),
      layers.multiply().apply([a, b]),
      layers.average().apply([a, b, wide]),
      layers.maximum().apply([a, inner.apply(b)]),
      layers.minimum().apply([b, inner.apply(a)]),
    ]
    const joined = layers.concatenate().apply(parts)
    const squeezed = layers.globalAveragePooling2d({}).apply(joined)
    const gate = layers.dense({ units: 20, activation: 'hardSigmoid' }).apply(squeezed)
    const gated = layers.multiply().apply([joined, layers.reshape({ targetShape: [1, 1, 20] }).apply(gate)])
    const turned = layers.permute({ dims: [2, 1, 3] }).apply(gated)
    const ends = [layers.globalMaxPooling2d({}).apply(turned), layers.globalAveragePooling2d({}).apply(gated)]
    const y = layers.dense({ units: 4 }).apply(layers.concatenate({ axis: -1 }).apply(ends))
    return tf.model({ inputs: x, outputs: y })
  }

  /** Every activation of the same map, one beside the other; then those that are for rows. */
  const activations = () => {
    const names = 'softplus softsign sigmoid tanh swish mish gelu elu selu relu relu6 hardSigmoid linear softmax'.split(
      ' ',
    )
    const x = tf.input({ shape: inputShape })
    const map = layers.conv2d({ filters: 3, kernelSize: 2, strides: 2 }).apply(x)
    const all = names.map(activation => layers.conv2d({ filters: 3, kernelSize: 1, activation }).apply(map))
    const joined = layers.concatenate().apply(all)
    const large = layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }).apply(joined)
    const row = layers.dense({ units: 6, activation: 'logSoftmax' }).apply(layers.flatten().apply(large))
    return tf.model({ inputs: x, outputs: layers.dense({ units: 3 }).apply(row) })
  }

  /** Convolutions' transposes. */
  const spreads = () =>
    tf.sequential({
      layers: [
        layers.conv2dTranspose({ inputShape, filters: 4, kernelSize: [3, 2], strides: [2, 1], activation: 'relu' }),
        layers.conv2dTranspose({ filters: 5, kernelSize: 3, strides: 2, padding: 'same', useBias: false }),
        layers.averagePooling2d({ poolSize: 3 }),
        layers.conv2dTranspose({ filters: 3, kernelSize: 1, strides: 2 }),
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 4 }),
      ],
    })

  const saved = make => async draw => {
    const model = make()
    let saved
    await model.save({
      async save(artifacts) {
        saved = artifacts
        return { modelArtifactsInfo: { dateSaved: new Date(0) } }
      },
    })
    const weights = saved.weightSpecs.map(({ name, shape, dtype }) => {
      const count = shape.reduce((a, b) => a * b, 1)
      const fan = shape.length > 1 ? count / shape.at(-1) : 4
      // A variance is not below 0.
      const values = Float32Array.from({ length: count }, () =>
        name.endsWith('variance') ? 1.1 + draw() : draw() * Math.sqrt(12 / fan),
      )
      return { name, shape, dtype, bytes: Buffer.from(values.buffer) }
    })
    const topology = typeof saved.modelTopology === 'string' ? JSON.parse(saved.modelTopology) : saved.modelTopology
    return { topology, weights }
  }

  return { sequence: saved(sequence), joints: saved(joints), activations: saved(activations), spreads: saved(spreads) }
}
