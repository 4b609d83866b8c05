// A thread of gradient.js: runs a compiled function on pictures until all of them are dealt.
import { parentPort, workerData } from 'node:worker_threads'
import { Batcher } from '../dist/src/engine/batcher.js'
import { executorNamed } from '../dist/src/exec/devices.js'

const { artifact, classes } = workerData
const program = await executorNamed('cpu').open(artifact)
const batcher = new Batcher(new Map([['run', program]]), 1)

const y = new Float32Array(classes)
y[0] = 1
const length = Math.abs(artifact.signature.inputs.find(({ name }) => name === 'x').shape.reduce((a, b) => a * b))
const x = Float32Array.from({ length }, (_, i) => ((i * 7919) % 1000) / 1000)

/** One after the other, as the steps of one picture's attack are. */
async function pictures(count, dealt) {
  while (Atomics.add(dealt, 0, 1) < count) await batcher.run('run', { x, y })
}

parentPort.on('message', async message => {
  if (message === null) {
    await program.close()
    parentPort.postMessage(null)
    parentPort.close()
    return
  }
  const { count, batch, dealt = new Int32Array(1) } = message
  batcher.limit = batch
  const began = performance.now()
  await Promise.all(Array.from({ length: batch }, () => pictures(count, dealt)))
  parentPort.postMessage({ milliseconds: performance.now() - began })
})
