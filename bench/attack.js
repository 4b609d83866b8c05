// A folder end to end, beside foolbox: same model, pictures, attack, steps. See README.md.
//
//     node bench/attack.js --python <interpreter with torch, foolbox> [--rounds 7] [--model m.onnx --preprocess imagenet --images dir --eps 8/255]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const at = path => fileURLToPath(new URL(path, import.meta.url))
const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '7' },
    steps: { type: 'string', default: '40' },
    eps: { type: 'string', default: '8/255' },
    model: { type: 'string', default: at('../fixtures/models/fashion-resnet.onnx') },
    images: { type: 'string', default: at('../fixtures/images') },
    preprocess: { type: 'string' },
  },
})
const { python, model, images, steps, eps, preprocess } = values
const work = mkdtempSync(join(tmpdir(), 'advx-bench-'))

/** Runs a program; its wall time in seconds, and what it printed. */
function timed(program, args) {
  const began = performance.now()
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1e9 })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}\n${stderr}`)
  return { seconds: (performance.now() - began) / 1000, result: JSON.parse(stdout) }
}

function advx(...more) {
  const out = join(work, 'out')
  rmSync(out, { recursive: true, force: true })
  const given = ['attack', images, '-m', model, '-a', 'pgd', '-e', eps, '--steps', steps, '-o', out, '--json']
  const { seconds, result } = timed(process.execPath, [
    at('../bin/advx.js'),
    ...given,
    ...(preprocess ? ['-p', preprocess] : []),
    ...more,
  ])
  return {
    seconds,
    broken: Math.round(result.attacks[0].success.value * result.images.attacked),
    gradients: result.attacks[0].gradients,
  }
}
const foolbox = () => {
  const { seconds, result } = timed(python, [
    at('foolbox_attack.py'),
    model,
    images,
    '--steps',
    steps,
    '--eps',
    eps,
    ...(preprocess ? ['--preprocess', preprocess] : []),
  ])
  return { seconds, ...result }
}

const contestants = { foolbox, 'advx --no-early-stop': () => advx('--no-early-stop'), advx: () => advx() }
const times = Object.fromEntries(Object.keys(contestants).map(name => [name, []]))
const last = {}
for (let round = 0; round <= Number(values.rounds); round++)
  for (const [name, run] of Object.entries(contestants)) {
    last[name] = run()
    if (round > 0) times[name].push(last[name].seconds) // the first round warms the disk
  }
rmSync(work, { recursive: true, force: true })

const median = list => [...list].sort((a, b) => a - b)[list.length >> 1]
console.log(
  `${cpus()[0].model}, ${cpus().length} cores; pgd x${steps} at ${eps}; whole processes, ${values.rounds} interleaved rounds`,
)
for (const [name, list] of Object.entries(times)) {
  const spread = `${Math.min(...list).toFixed(2)} to ${Math.max(...list).toFixed(2)}`
  const ratio = median(list.map((t, i) => times.foolbox[i] / t))
  console.log(
    `${name.padEnd(22)} ${median(list).toFixed(2)} s (${spread})  foolbox / this = ${ratio.toFixed(2)}  broken ${last[name].broken}  gradients ${last[name].gradients}`,
  )
}
