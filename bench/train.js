// A training step of the embedded networks beside PyTorch's, in interleaved rounds. See README.md.
//
//     node bench/train.js --python <interpreter with torch, onnx> [--rounds 7] [--nets resnet,mobilenet,inception] [--batch 256] [--threads 2]
import { parseArgs } from 'node:util'
import { availableThreads } from '../dist/src/engine/pool.js'
import { machineOf } from '../dist/src/exec/machine.js'
import { cpu } from '../dist/src/exec/ort/cpu.js'
import { networkOf } from '../dist/src/models/architectures/architecture.js'
import { architectureNamed } from '../dist/src/models/architectures/registry.js'
import { forBatches } from '../dist/src/network.js'
import { crossEntropy } from '../dist/src/objective.js'
import { optimizer } from '../dist/src/train/optimizer.js'
import { stepsOf } from '../dist/src/train/step.js'
import { at, byTurns, conversation, fastest, machine as hardware, median, rested, spread } from './measure.js'

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '7' },
    nets: { type: 'string', default: 'resnet,mobilenet,inception' },
    batch: { type: 'string', default: '256' },
    threads: { type: 'string', default: String(availableThreads()) },
  },
})
const { python, nets } = values
const [rounds, batch, threads] = [values.rounds, values.batch, values.threads].map(Number)
const CLASSES = 10
const SIZE = { channels: 1, height: 28, width: 28 }

const torch = conversation(python, [at('torch_train.py'), String(threads)])

/** Milliseconds of one step. */
async function torchTime(name, layout) {
  const { seconds } = await torch.ask(`${name} ${layout} ${batch}`)
  return 1000 * seconds
}

/** One step as `advx train` runs it, on pictures that are there already. */
async function openStep(executor, name) {
  const network = forBatches(networkOf(architectureNamed(name), SIZE, CLASSES, 0), batch)
  const { update, state } = stepsOf(
    { network, normalise: x => x },
    {
      objective: crossEntropy(),
      optimizer: optimizer('sgd', { decay: 5e-4, nesterov: true }),
      schedule: { rate: () => 0.01, momentum: () => 0.9 },
      clip: Infinity,
      average: 0,
    },
  )
  const machine = machineOf(executor)
  await machine.open('update', await executor.compile(update.fn), threads)
  await machine.write(state)
  const x = Float32Array.from({ length: batch * 784 }, (_, i) => ((i * 7919) % 1000) / 1000)
  const y = Float32Array.from({ length: batch * CLASSES }, (_, i) =>
    Number(Math.floor(i / CLASSES) % CLASSES === i % CLASSES),
  )
  const numbers = { rate: Float32Array.of(0.01), momentum: Float32Array.of(0.9) }
  return {
    async time() {
      const began = performance.now()
      await machine.run('update', { x, y, ...numbers }, batch)
      return performance.now() - began
    },
    close: () => machine.close(),
  }
}

console.log(`${hardware()}; ${rounds} interleaved rounds, ${threads} threads; ms a step of ${batch} pictures`)
for (const name of nets.split(',')) {
  const executor = cpu()
  const step = await openStep(executor, name)
  const contestants = {
    'PyTorch nchw': () => torchTime(name, 'nchw'),
    'PyTorch channels_last': () => torchTime(name, 'channels_last'),
    advx: step.time,
  }
  for (const run of Object.values(contestants)) await run() // the first is slow
  const times = await byTurns(rested(contestants), rounds)
  await step.close()
  await executor.close()
  const best = fastest(times, ['PyTorch nchw', 'PyTorch channels_last'])
  const ratio = median(times[best].map((t, i) => t / times.advx[i]))
  console.log(name)
  for (const [key, list] of Object.entries(times))
    console.log(`  ${key.padEnd(22)} ${spread(list, 0)}, ${Math.round((1000 * batch) / median(list))} pictures/s`)
  console.log(`  ${best} / advx = ${ratio.toFixed(2)}`)
}
torch.end()
