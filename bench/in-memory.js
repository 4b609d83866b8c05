// One of our attacks as the peers' are timed: the model loaded and compiled, the pictures in memory, no files, no report.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { open } from '../dist/src/engine/calibrate.js'
import { argmax } from '../dist/src/engine/decision.js'
import { availableThreads, hire } from '../dist/src/engine/pool.js'
import { prepare } from '../dist/src/engine/prepare.js'
import { reader } from '../dist/src/engine/reader.js'
import { at } from './measure.js'

/** An attack and the pictures that the model classifies rightly, in threads that wait for it. `options`: of runAttack(). */
export async function inMemory(attack, { threads = availableThreads(), ...options }) {
  // By its path, so that it gets the core of dist/src, which is what runs here.
  const prepared = await prepare({ ...options, device: 'cpu', attacks: [at(`../dist/attacks/${attack}.js`)] })
  const { executor, programs, passes, items } = prepared
  const pool = hire(executor, threads)
  const { batch } = await open(prepared, pool)
  const read = reader(prepared).item
  const right = []
  for (const item of items) {
    const { levels } = (await read(item)).picture
    if (argmax(await pool.classify(levels)) === item.label) right.push({ levels, label: item.label })
  }
  await pool.close()
  const artifacts = []
  for (const [name, fn] of Object.entries(programs)) artifacts.push([name, await executor.compile(fn)])
  const dealt = new Int32Array(new SharedArrayBuffer(4))
  const workerData = {
    ...{ artifacts, batch, dealt, job: prepared.job(passes[0]) },
    pictures: right.map(({ levels }) => levels),
    labels: right.map(({ label }) => label),
  }
  const url = new URL('attack-worker.js', import.meta.url)
  const workers = Array.from({ length: threads }, () => new Worker(url, { workerData }))
  const answers = () => Promise.all(workers.map(async worker => (await once(worker, 'message'))[0]))
  await answers()

  const time = async how => {
    dealt[0] = 0
    const [began, busy] = [performance.now(), process.cpuUsage()]
    for (const worker of workers) worker.postMessage(how)
    const found = (await answers()).flat()
    const { user, system } = process.cpuUsage(busy)
    return { seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6, found }
  }
  return {
    pictures: right.length,
    /** As float32: the distances of what was found, and what was asked of the model. */
    async alone() {
      const { found, ...cost } = await time('alone')
      return { ...cost, ...asked(found), distances: found.flatMap(({ distance }) => distance ?? []) }
    },
    /** With the search for the 8-bit picture, and what that asked of the model. */
    async written() {
      const { found, ...cost } = await time('written')
      return { ...cost, ...asked(found.map(({ lattice }) => lattice)) }
    },
    async close() {
      await Promise.all(workers.map(worker => worker.terminate()))
      await executor.close()
    },
  }
}

const asked = tallies => ({
  gradients: tallies.reduce((sum, { gradients }) => sum + gradients, 0),
  forwards: tallies.reduce((sum, { forwards }) => sum + forwards, 0),
})
