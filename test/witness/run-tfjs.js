/**
 * Prints what TensorFlow.js gives for a model.json and one picture, {shape: [C, H, W], values} as JSON:
 *
 *     node test/witness/run-tfjs.js <model.json> <picture.json>
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import tf from '@tensorflow/tfjs'

const [path, picture] = process.argv.slice(2)
await tf.setBackend('cpu')

const json = JSON.parse(readFileSync(path, 'utf8'))
const groups = json.weightsManifest
const bytes = Buffer.concat(groups.flatMap(({ paths }) => paths.map(name => readFileSync(join(dirname(path), name)))))
const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
const weightSpecs = groups.flatMap(({ weights }) => weights)
const model = await tf.loadGraphModel({ load: async () => ({ ...json, weightSpecs, weightData }) })
const {
  shape: [c, h, w],
  values,
} = JSON.parse(readFileSync(picture, 'utf8'))
const x = tf.transpose(tf.tensor4d(values, [1, c, h, w]), [0, 2, 3, 1])
console.log(JSON.stringify(Array.from(model.predict(x).dataSync())))
