// All benchmarks, one after the other: node bench/run.js --python <interpreter with the peers> [--rounds 7]. See README.md.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { at } from './measure.js'

const { values } = parseArgs({
  options: { python: { type: 'string', default: 'python3' }, rounds: { type: 'string', default: '7' } },
})
const peers = ['--python', values.python]
const rounds = ['--rounds', values.rounds]
const data = at('../../shared/data')
const folder = mkdtempSync(join(tmpdir(), 'advx-bench-'))

/** What attack.js runs on: 100 CIFAR-10 pictures and a ResNet-20, where they are there; else what is embedded. */
function setting() {
  const model = join(data, 'onnx', 'cifar10-resnet20-akamaster.onnx')
  const arrays = ['X', 'y'].map(name => join(data, 'images', `cifar10_200_${name}.npy`))
  if (![model, ...arrays].every(existsSync)) return []
  const { status } = spawnSync(values.python, [at('cifar_pictures.py'), ...arrays, '100', folder], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${values.python} cifar_pictures.py failed`)
  return ['--model', model, '--images', folder, '--preprocess', 'imagenet']
}

function runAll() {
  const given = setting()
  for (const [title, file, ...args] of [
    ['Input gradients', 'gradient.js', ...peers, ...rounds],
    [
      `A folder end to end, ${given.length > 0 ? 'CIFAR-10' : 'the embedded model'}`,
      ...['attack.js', ...given, '--steps', '40', '--eps', '8/255', '--thawed', ...peers, ...rounds],
    ],
    ['Start-up', 'start.js', ...rounds],
  ]) {
    console.log(`\n${title}`)
    const { status } = spawnSync(process.execPath, [at(file), ...args], { stdio: 'inherit' })
    if (status !== 0) return status ?? 1
  }
  return 0
}

try {
  process.exitCode = runAll()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
