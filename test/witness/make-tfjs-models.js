/**
 * Writes small models with random weights that between them use the layers and operators that advx reads, and what
 * TensorFlow.js (its plain JavaScript backend) gives for them: tfjs/<name>/model.json, weights, and scores.json.
 *
 *     node test/witness/make-tfjs-models.js
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import tf from '@tensorflow/tfjs'
import { graphModels } from './tfjs-graph-models.js'
import { layersModels } from './tfjs-layers-models.js'
import { pictures } from './tfjs-pictures.js'

await tf.setBackend('cpu')

/** mulberry32, as numbers from -1 to 1. */
function random(seed) {
  let state = Math.imul(seed + 1, 0x9e3779b9)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * 2 - 1
  }
}

for (const [name, make] of Object.entries({ ...layersModels(tf), ...graphModels })) {
  const draw = random([...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7))
  const { topology, weights, format } = await make(draw)
  const folder = fileURLToPath(new URL(`tfjs/${name}/`, import.meta.url))
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  // In two files without extension, cut anywhere.
  const bytes = Buffer.concat(weights.map(({ bytes }) => bytes))
  const cut = Math.floor(bytes.length / 3)
  const paths = ['group1-shard1of2', 'group1-shard2of2']
  writeFileSync(join(folder, paths[0]), bytes.subarray(0, cut))
  writeFileSync(join(folder, paths[1]), bytes.subarray(cut))
  const specs = weights.map(({ bytes: _, ...spec }) => spec)
  const model = { ...(format ? { format } : {}), modelTopology: topology, weightsManifest: [{ paths, weights: specs }] }
  writeFileSync(join(folder, 'model.json'), `${JSON.stringify(model)}\n`)

  const load = topology.node ? tf.loadGraphModel : tf.loadLayersModel
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
  const loaded = await load({ load: async () => ({ modelTopology: topology, weightSpecs: specs, weightData }) })
  const [, height, width, channels] = loaded.inputs[0].shape
  const scores = []
  for (const levels of pictures(height, width, channels)) {
    const x = tf.tensor4d(
      levels.map(level => level / 255),
      [1, height, width, channels],
    )
    const result = loaded.executeAsync ? await loaded.executeAsync(x) : loaded.predict(x)
    scores.push(Array.from(result.dataSync()))
  }
  writeFileSync(join(folder, 'scores.json'), `${JSON.stringify(scores)}\n`)
  console.log(name, scores[0].slice(0, 4), scores[1].slice(0, 4))
}
