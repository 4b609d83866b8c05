// Attacks for the nearest picture, end to end, beside other libraries: same model, pictures, attack. See README.md.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ADVX, at, byTurns, machine, median, spread, timed } from './measure.js'

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '3' },
    model: { type: 'string' },
    images: { type: 'string' },
    preprocess: { type: 'string', default: 'unit' },
    limit: { type: 'string' },
    attacks: { type: 'string', default: 'deepfool,ddn,cw,jsma' },
  },
})
const { python, model, images, preprocess, limit } = values
if (!model || !images) throw new Error('Give --model and --images, a folder of PNG by class index')
const work = mkdtempSync(join(tmpdir(), 'advx-bench-'))
const shared = ['--preprocess', preprocess, ...(limit ? ['--limit', limit] : [])]

const ROWS = {
  deepfool: { peers: ['foolbox', 'torchattacks'], steps: 50, ours: [] },
  ddn: { peers: ['foolbox'], steps: 100, ours: ['--steps', '100'] },
  cw: { peers: ['foolbox'], steps: 1000, ours: ['--steps', '1000', '--rounds', '9'] },
  jsma: { peers: ['art'], ours: ['--candidates', '2'], perPixel: true },
}

async function advx(attack, norm, more) {
  const out = join(work, 'out')
  const given = [
    'attack',
    images,
    '-m',
    model,
    '-a',
    attack,
    '-n',
    norm,
    ...shared,
    ...more,
    '-o',
    out,
    '--force',
    '--json',
  ]
  const { result, ...cost } = await timed(process.execPath, [ADVX, ...given])
  const lines = readFileSync(join(out, 'results.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  const attacked = lines.filter(({ outcome }) => outcome === 'adversarial' || outcome === 'robust')
  const before = attacked.map(({ beforeRounding }) => beforeRounding).filter(b => b?.adversarial)
  const written = attacked.filter(({ outcome }) => outcome === 'adversarial')
  const middle = (list, length) =>
    median(attacked.map((_, i) => (list[i] ? length(list[i]) : Number.POSITIVE_INFINITY)))
  return {
    ...cost,
    broken: before.length,
    median: middle(before, b => b.l2),
    changed: before.reduce((sum, b) => sum + b.l0, 0),
    written: `, ${written.length} written, median ${middle(written, line => line.distance[norm]).toFixed(norm === 'l0' ? 0 : 4)}`,
    gradients: result.attacks[0].gradients,
  }
}

async function peer(library, attack, steps, more) {
  const given = [library, attack, model, images, ...shared, ...(steps ? ['--steps', String(steps)] : []), ...more]
  const { result, ...cost } = await timed(python, [at('peer_attack.py'), ...given])
  return { ...cost, ...result, written: '' }
}

console.log(`${machine()}; whole processes, ${values.rounds} interleaved rounds, median (least to most)`)
for (const attack of values.attacks.split(',')) {
  const { peers, steps, ours, perPixel = false } = ROWS[attack]
  const contestants = {}
  for (const library of peers) {
    contestants[library] = () => peer(library, attack, steps, [])
    if (library === 'foolbox') contestants['foolbox, not frozen'] = () => peer(library, attack, steps, ['--thawed'])
  }
  contestants.advx = () => advx(attack, perPixel ? 'l0' : 'l2', ours)
  const results = await byTurns(contestants, Number(values.rounds))
  const unit = perPixel ? ' a changed pixel' : ''
  // For each changed pixel where attacks change as many as they come to.
  const cost = (run, seconds) => (perPixel ? seconds / run.changed : seconds)
  console.log(`\n${attack}${steps ? ` x${steps}` : ''}`)
  for (const [name, runs] of Object.entries(results)) {
    const ratio = of =>
      median(runs.map((run, i) => cost(run, of(run)) / cost(results.advx[i], results.advx[i].seconds)))
    const [{ broken, median: length, written, changed, gradients }] = runs
    console.log(
      [
        `${name.padEnd(20)} ${spread(runs.map(run => run.seconds))} s`,
        name === 'advx'
          ? `gradients ${gradients}`
          : `this / advx${unit} = ${ratio(run => run.seconds).toFixed(2)}, its attack alone / advx = ${ratio(run => run.attack).toFixed(2)}`,
        `broken ${broken}, ${perPixel ? `pixels changed ${changed}` : `median L2 ${length === null ? '-' : length.toFixed(4)}`}${written}`,
        `peak ${median(runs.map(run => run.peak)).toFixed(0)} MiB`,
      ].join('  '),
    )
  }
}
rmSync(work, { recursive: true, force: true })
