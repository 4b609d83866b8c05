/**
 * Writes down what TensorFlow.js (its plain JavaScript backend) gives for the models of ../shared/data/tfjs and of the
 * package nsfwjs, in tfjs-figures.json: of each model and picture the largest scores and some others, by class.
 *
 *     node test/witness/make-tfjs-figures.js
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import tf from '@tensorflow/tfjs'
import { NSFWJS, unpack } from './nsfwjs.js'
import { pictures } from './tfjs-pictures.js'

await tf.setBackend('cpu')

const data = new URL('../../../shared/data/tfjs/', import.meta.url)
const unit = level => level / 255
const inception = level => level / 127.5 - 1

/** Preprocessing by its name at the command line, and once more. */
const MODELS = {
  'mobilenet_v1_0.25_224-layers': ['inception', inception],
  'mobilenet_v1_0.25_224-graph': ['unit', unit],
  'nsfwjs-mobilenet_v2-uint8': ['unit', unit],
  'emotion-graph': ['unit', unit],
  doodlenet: ['unit', unit],
  'teachablemachine-2class': ['inception', inception],
  'teachablemachine-tiny-96gray': ['inception', inception],
}

/** How a model.json and its weights get to TensorFlow.js without a server. */
const fromFolder = folder => ({
  async load() {
    const json = JSON.parse(readFileSync(new URL('model.json', folder), 'utf8'))
    const groups = json.weightsManifest
    const bytes = Buffer.concat(groups.flatMap(({ paths }) => paths.map(path => readFileSync(new URL(path, folder)))))
    return {
      modelTopology: json.modelTopology,
      format: json.format,
      signature: json.signature,
      userDefinedMetadata: json.userDefinedMetadata,
      weightSpecs: groups.flatMap(({ weights }) => weights),
      weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    }
  },
})

async function figuresOf(folder, [preprocess, given]) {
  const { modelTopology } = JSON.parse(readFileSync(new URL('model.json', folder), 'utf8'))
  const load = modelTopology.node ? tf.loadGraphModel : tf.loadLayersModel
  const model = await load(fromFolder(folder))
  const [, height, width, channels] = model.inputs[0].shape
  const outputs = pictures(height, width, channels).map(levels =>
    tf.tidy(() => Array.from(model.predict(tf.tensor4d(levels.map(given), [1, height, width, channels])).dataSync())),
  )
  return { preprocess, classes: outputs[0].length, scores: outputs.map(some) }
}

const models = {}
for (const [name, how] of Object.entries(MODELS)) models[name] = await figuresOf(new URL(`${name}/`, data), how)

const nsfwjs = {}
const temporary = mkdtempSync(join(tmpdir(), 'nsfwjs-'))
for (const name of NSFWJS) {
  unpack(name, join(temporary, name))
  nsfwjs[name] = await figuresOf(pathToFileURL(`${join(temporary, name)}/`), ['unit', unit])
}
rmSync(temporary, { recursive: true })

/** The eight largest scores and six evenly spread ones, by class. */
function some(scores) {
  const order = scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a])
  const spread = Array.from({ length: 6 }, (_, i) => Math.floor((i * scores.length) / 6))
  const chosen = [...new Set([...order.slice(0, 8), ...spread])].sort((a, b) => a - b)
  return Object.fromEntries(chosen.map(i => [i, scores[i]]))
}

const file = fileURLToPath(new URL('tfjs-figures.json', import.meta.url))
writeFileSync(file, `${JSON.stringify({ tfjs: tf.version.tfjs, models, nsfwjs }, null, 1)}\n`)
