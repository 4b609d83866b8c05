// A folder end to end, beside foolbox: same model, pictures, attack, steps. See README.md.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ADVX, at, byTurns, machine, median, spread, timed } from './measure.js'

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '7' },
    steps: { type: 'string', default: '40' },
    eps: { type: 'string', default: '8/255' },
    alpha: { type: 'string', default: '0.25' },
    model: { type: 'string', default: at('../fixtures/models/fashion-resnet.onnx') },
    images: { type: 'string', default: at('../fixtures/images') },
    preprocess: { type: 'string' },
    thawed: { type: 'boolean', default: false },
  },
})
const { python, model, images, steps, eps, alpha, preprocess, thawed } = values
const work = mkdtempSync(join(tmpdir(), 'advx-bench-'))
const shared = ['--steps', steps, '--eps', eps, '--alpha', alpha, ...(preprocess ? ['--preprocess', preprocess] : [])]

async function advx(...more) {
  const out = join(work, 'out')
  rmSync(out, { recursive: true, force: true })
  const given = ['attack', images, '-m', model, '-a', 'pgd', ...shared, '-o', out, '--json', ...more]
  const { result, ...cost } = await timed(process.execPath, [ADVX, ...given])
  const [{ success, gradients }] = result.attacks
  return { ...cost, broken: Math.round(success.value * result.images.attacked), gradients }
}
async function foolbox(...more) {
  const { result, ...cost } = await timed(python, [at('foolbox_attack.py'), model, images, ...shared, ...more])
  return { ...cost, ...result }
}

const results = await byTurns(
  {
    foolbox: () => foolbox(),
    ...(thawed ? { 'foolbox, not frozen': () => foolbox('--thawed') } : {}),
    'advx --no-early-stop': () => advx('--no-early-stop'),
    advx: () => advx(),
  },
  Number(values.rounds),
)
rmSync(work, { recursive: true, force: true })

console.log(
  `${machine()}; pgd x${steps} at ${eps}, steps of ${alpha} eps; whole processes, ${values.rounds} interleaved rounds, median (least to most); ratios round by round`,
)
for (const [name, runs] of Object.entries(results)) {
  const ratios = runs.map(({ seconds }, i) => results.foolbox[i].seconds / seconds)
  const [{ broken, gradients }] = runs
  console.log(
    `${name.padEnd(22)} ${spread(runs.map(r => r.seconds))} s  foolbox / this = ${spread(ratios)}  peak ${median(runs.map(r => r.peak)).toFixed(0)} MiB  broken ${broken}  gradients ${gradients}`,
  )
}
