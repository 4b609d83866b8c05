// A thread of in-memory.js: attacks pictures that are dealt out, with programs of its own, as a thread of `advx attack` does.
import { parentPort, workerData } from 'node:worker_threads'
import { assault } from '../dist/src/engine/assault.js'
import { attackImage } from '../dist/src/engine/attack-image.js'
import { Batcher } from '../dist/src/engine/batcher.js'
import { lengths } from '../dist/src/engine/lattice.js'
import { nearestPoint } from '../dist/src/engine/nearest-point.js'
import { executorNamed } from '../dist/src/exec/devices.js'

const { artifacts, job, pictures, labels, batch, dealt } = workerData
const executor = executorNamed('cpu')
const programs = new Map()
for (const [name, artifact] of artifacts) programs.set(name, await executor.open(artifact))
const batcher = new Batcher(programs, batch)
const run = (name, row) => batcher.run(name, row)

/** Float32 alone, as the other libraries end; or with the search for the picture that is written. */
const attacks = {
  async alone(x0, y) {
    const one = assault(run, job, x0, y)
    const { point } = await nearestPoint(one)
    return { ...one.model.tally, distance: point && lengths(point, one.shared.x0, job.channels) }
  },
  written: (x0, y) => attackImage(run, job, x0, y),
}

parentPort.on('message', async how => {
  const found = []
  const next = async () => {
    for (let i = Atomics.add(dealt, 0, 1); i < pictures.length; i = Atomics.add(dealt, 0, 1))
      found.push(await attacks[how](pictures[i], labels[i]))
  }
  await Promise.all(Array.from({ length: 2 * batch }, next))
  parentPort.postMessage(found)
})
parentPort.postMessage('ready')
