// The input gradient of a TensorFlow.js model on TensorFlow's library: ours beside tf.grad, in one process and in
// interleaved rounds. See README.md.
//
//     ADVX_TFJS_NODE=<folder of bin/tfjs-node.sh> node bench/tfjs.js --model <folder with model.json> [--device tfjs-node] [--rounds 7] [--pictures 1,8]
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { forwardOf, gradientOf } from '../dist/src/engine/trace.js'
import { executorNamed } from '../dist/src/exec/devices.js'
import { start } from '../dist/src/exec/tfjs/backend.js'
import { kindOf } from '../dist/src/exec/tfjs/kinds.js'
import { loadModel } from '../dist/src/models/load.js'
import { byTurns, machine, median, spread } from './measure.js'

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    device: { type: 'string', default: 'tfjs-node' },
    rounds: { type: 'string', default: '7' },
    pictures: { type: 'string', default: '1,8' },
  },
})
const { model: folder, device } = values
if (folder === undefined) throw new Error('--model <folder with model.json> is needed')
const { tf } = await start(kindOf(device))

const { graph, classes, logits, constants, input } = await loadModel(folder, { preprocess: 'unit' })
const target = { shape: graph.input.shape, classes: classes.length, logits, constants }
const executor = executorNamed(device)
const opened = async fn => executor.open(await executor.compile(fn))
const forward = await opened(forwardOf(target))
const gradient = await opened(gradientOf(target, false))

/** The same model as TensorFlow.js reads it. */
async function theirModel() {
  const json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'))
  const groups = json.weightsManifest
  const bytes = Buffer.concat(groups.flatMap(({ paths }) => paths.map(path => readFileSync(join(folder, path)))))
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
  const weightSpecs = groups.flatMap(({ weights }) => weights)
  const load = json.modelTopology.node ? tf.loadGraphModel : tf.loadLayersModel
  return load({ load: async () => ({ ...json, weightSpecs, weightData }) })
}
const theirs = await theirModel()

/** [N, C, H, W] of pictures, the one-hot classes that they are taken for, and both as TensorFlow.js has them. */
async function pictures(count) {
  const { channels, height, width } = input
  const x = Float32Array.from({ length: count * channels * height * width }, (_, i) => ((i * 7919) % 1000) / 1000)
  const { logits } = await forward.run({ x }, count)
  const y = logits.map((z, i) => {
    const first = i - (i % classes.length)
    return Number(logits.subarray(first, first + classes.length).every(other => other <= z))
  })
  return { x, y, shape: [count, channels, height, width] }
}

const LAST = [0, 2, 3, 1]
const FIRST = [0, 3, 1, 2]

console.log(
  `${machine()}; ${device}, TensorFlow ${tf.backend().binding.TF_Version}; ${values.rounds} interleaved rounds; ms a picture`,
)
for (const count of values.pictures.split(',').map(Number)) {
  const { x, y, shape } = await pictures(count)
  const onehot = tf.tensor2d(y, [count, classes.length])
  const given = tf.tidy(() => tf.transpose(tf.tensor4d(x, shape), LAST))
  // The classes' probabilities are the model's; of one that ends in logits the loss is taken likewise.
  const loss = input => tf.neg(tf.sum(tf.mul(tf.log(theirs.predict(input)), onehot)))
  const slope = tf.grad(loss)
  const read = compute => tf.tidy(() => compute().dataSync())
  const contestants = {
    'advx gradient': () => gradient.run({ x, y }, count),
    'tf.grad': () => read(() => slope(given)),
    'advx forward': () => forward.run({ x }, count),
    'model.predict': () => read(() => theirs.predict(given)),
  }
  const once = {
    ours: (await gradient.run({ x, y }, count)).gradient,
    theirs: tf.tidy(() => tf.transpose(slope(given), FIRST).dataSync()),
  }
  const norm = list => Math.sqrt(list.reduce((sum, v) => sum + v * v, 0))
  const apart = norm(once.ours.map((v, i) => v - once.theirs[i])) / norm(once.theirs)
  const timed = Object.entries(contestants).map(([name, run]) => [
    name,
    async () => {
      const began = performance.now()
      await run()
      return (performance.now() - began) / count
    },
  ])
  const times = await byTurns(Object.fromEntries(timed), Number(values.rounds))
  const ratio = median(times['advx gradient'].map((t, i) => t / times['tf.grad'][i]))
  console.log(`${count} together; the gradients are ${apart.toExponential(0)} apart (L2)`)
  for (const [name, list] of Object.entries(times)) console.log(`  ${name.padEnd(16)} ${spread(list, 1)}`)
  console.log(`  advx / tf.grad = ${ratio.toFixed(2)}`)
  tf.dispose([onehot, given])
}
