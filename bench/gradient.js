// Input gradients of three networks beside PyTorch's, in interleaved rounds. See README.md.
//
//     node bench/gradient.js --python <interpreter with torch, pytorchcv, onnx> [--rounds 7] [--nets resnet50,mobilenetv2,inceptionv3]
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { microBatch } from '../dist/src/engine/calibrate.js'
import { availableThreads } from '../dist/src/engine/pool.js'
import { forwardOf, gradientOf } from '../dist/src/engine/trace.js'
import { cpu } from '../dist/src/exec/ort/cpu.js'
import { loadModel } from '../dist/src/models/load.js'
import { at, byTurns, conversation, fastest, machine, peakOf, rested, spread } from './measure.js'

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '7' },
    nets: { type: 'string', default: 'resnet50,mobilenetv2,inceptionv3' },
    pictures: { type: 'string', default: '8' },
  },
})
const { python, nets } = values
const [rounds, pictures] = [values.rounds, values.pictures].map(Number)
const threads = availableThreads()
const script = at('torch_gradient.py')
const folder = mkdtempSync(join(tmpdir(), 'advx-bench-'))

const exported = spawnSync(python, [script, 'export', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
if (exported.status !== 0) throw new Error(`${python} ${script} export failed`)
const torch = conversation(python, [script, 'serve', String(threads)])

/** Milliseconds a picture, `pictures` in one batch on all cores. */
async function torchTime(name, layout) {
  const { seconds } = await torch.ask(`${name} ${layout} ${pictures}`)
  return (1000 * seconds) / pictures
}

/** As `advx attack` does it: one thread a core, each a session of one thread, pictures dealt out as they are done. */
async function openWorkers(artifact) {
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('gradient-worker.js', import.meta.url), { workerData: { artifact, classes: 1000 } }),
  )
  const call = async (worker, message) => {
    worker.postMessage(message)
    const [answer] = await once(worker, 'message') // rejects on 'error'
    return answer
  }
  return {
    alone: async () => (await call(workers[0], { count: 1, batch: 1 })).milliseconds,
    /** Milliseconds a picture, all workers together. */
    async time(batch) {
      const dealt = new Int32Array(new SharedArrayBuffer(4))
      const began = performance.now()
      await Promise.all(workers.map(worker => call(worker, { count: pictures, batch, dealt })))
      return (performance.now() - began) / pictures
    },
    close: () => Promise.all(workers.map(worker => call(worker, null))),
  }
}

console.log(`${machine()}; ${rounds} interleaved rounds of ${pictures} pictures; ms a picture, median (least to most)`)
for (const name of nets.split(',')) {
  const executor = cpu()
  const preprocess = name === 'inceptionv3' ? 'inception' : 'imagenet'
  const { graph, classes, logits, constants } = await loadModel(join(folder, `${name}.onnx`), { preprocess })
  const target = { shape: graph.input.shape, classes: classes.length, logits, constants }
  const artifact = await executor.compile(gradientOf(target, false))
  const gradient = await openWorkers(artifact)
  const forward = await openWorkers(await executor.compile(forwardOf(target)))
  await gradient.alone()
  const batch = microBatch(await gradient.alone())
  const contestants = {
    'PyTorch nchw': () => torchTime(name, 'nchw'),
    'PyTorch channels_last': () => torchTime(name, 'channels_last'),
    'advx gradient': () => gradient.time(batch),
    'advx forward': () => forward.time(batch),
  }
  const times = await byTurns(rested(contestants), rounds)
  await Promise.all([gradient.close(), forward.close()])
  await executor.close()

  const best = fastest(times, ['PyTorch nchw', 'PyTorch channels_last'])
  const ours = times['advx gradient']
  const ratios = times[best].map((t, i) => t / ours[i])
  const floors = times['advx forward'].map((t, i) => ours[i] / (2 * t))
  const layout = artifact.block === null ? 'plain layout' : `blocks of ${artifact.block}`
  console.log(`${name} (${layout}, ${batch} together)`)
  for (const [key, list] of Object.entries(times)) console.log(`  ${key.padEnd(22)} ${spread(list, 1)}`)
  console.log(`  ${best} / advx = ${spread(ratios)}; advx / (2 x forward) = ${spread(floors)}`)
}
const [theirs, here] = [torch.pid, process.pid].map(pid => peakOf(pid).toFixed(0))
console.log(
  `peak of the process, over all networks: PyTorch ${theirs} MiB; advx ${here} MiB, with its sessions of the forward pass`,
)
torch.end()
rmSync(folder, { recursive: true, force: true })
