// Attacks for the nearest picture, alone and end to end, beside other libraries: same model, pictures, attack. See README.md.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { availableThreads } from '../dist/src/engine/pool.js'
import { inMemory } from './in-memory.js'
import { ADVX, at, byTurns, machine, median, spread, timed } from './measure.js'

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '3' },
    model: { type: 'string' },
    images: { type: 'string' },
    preprocess: { type: 'string', default: 'unit' },
    limit: { type: 'string' },
    threads: { type: 'string', default: String(availableThreads()) },
    attacks: { type: 'string', default: 'deepfool,ddn,cw,jsma' },
  },
})
const { python, model, images, preprocess, limit, threads } = values
if (!model || !images) throw new Error('Give --model and --images, a folder of PNG by class index')
const work = mkdtempSync(join(tmpdir(), 'advx-bench-'))
const shared = ['--preprocess', preprocess, '--threads', threads, ...(limit ? ['--limit', limit] : [])]

const ROWS = {
  deepfool: { peers: ['foolbox', 'torchattacks'], params: { steps: 50 } },
  ddn: { peers: ['foolbox'], params: { steps: 100 } },
  cw: { peers: ['foolbox'], params: { steps: 1000, rounds: 9 } },
  jsma: { peers: ['art'], params: { candidates: 2 }, norm: 'l0' },
}

/** The whole process, from its start to the report. */
async function whole(attack, norm, params) {
  const out = join(work, 'out')
  const flags = Object.entries(params).flatMap(([name, value]) => [`--${name}`, String(value)])
  const given = ['attack', images, '-m', model, '-a', attack, '-n', norm, ...shared, ...flags, '-o', out]
  const { result, ...cost } = await timed(process.execPath, [ADVX, ...given, '--force', '--json'])
  const lines = readFileSync(join(out, 'results.jsonl'), 'utf8').trim().split('\n')
  const broken = lines.map(line => JSON.parse(line)).filter(({ outcome }) => outcome === 'adversarial')
  const distances = broken.map(({ distance }) => distance[norm])
  return { ...cost, broken: broken.length, median: middle(distances, result.attacks[0].attacked) }
}

/** A failure is infinitely far; of an even number the nearer of the middle two, as torch.median takes it. */
const middle = (distances, count) => [...distances].sort((a, b) => a - b)[(count - 1) >> 1] ?? Number.POSITIVE_INFINITY

async function peer(library, attack, { steps }, more) {
  const given = [library, attack, model, images, ...shared, ...(steps ? ['--steps', String(steps)] : []), ...more]
  const { result, ...cost } = await timed(python, [at('peer_attack.py'), ...given])
  return { ...cost, ...result }
}

console.log(`${machine()}; ${threads} threads, ${values.rounds} interleaved rounds, medians (least to most)`)
for (const attack of values.attacks.split(',')) {
  const { peers, params, norm = 'l2' } = ROWS[attack]
  const ours = await inMemory(attack, {
    ...{ images: [images], model, preprocess, norm, params, out: join(work, 'none'), threads: Number(threads) },
    ...(limit ? { limit: Number(limit) } : {}),
  })
  const contestants = {}
  for (const library of peers) {
    contestants[library] = () => peer(library, attack, params, [])
    if (library !== 'art') contestants[`${library}, not frozen`] = () => peer(library, attack, params, ['--thawed'])
  }
  contestants.alone = ours.alone
  contestants.written = ours.written
  contestants.whole = () => whole(attack, norm, params)
  const { alone, written, whole: processes, ...others } = await byTurns(contestants, Number(values.rounds))
  await ours.close()

  const digits = norm === 'l0' ? 0 : 4
  const changed = alone[0].distances.reduce((sum, { l0 }) => sum + l0, 0)
  // For each changed pixel where attacks change as many as they come to.
  const [unit, share] = norm === 'l0' ? [' a changed pixel', run => run.changed / changed] : ['', () => 1]
  const ratio = (runs, of, own) => median(runs.map((run, i) => of(run) / share(run) / own(i))).toFixed(2)
  console.log(`\n${attack}, ${JSON.stringify(params)}, ${ours.pictures} pictures that are classified rightly`)
  for (const [name, runs] of Object.entries(others)) {
    const [{ broken, median: length, changed: pixels }] = runs
    console.log(
      `  ${name}: attack alone ${spread(runs.map(run => run.attack))} s, CPU ${spread(runs.map(run => run.cpu))} s, ` +
        `whole process ${spread(runs.map(run => run.seconds))} s, peak ${median(runs.map(run => run.peak)).toFixed(0)} MiB, ` +
        `broken ${broken}, ${norm === 'l0' ? `pixels changed ${pixels}` : `median ${length?.toFixed(4)}`}`,
    )
    console.log(
      `    this / advx${unit}: alone ${ratio(
        runs,
        run => run.attack,
        i => alone[i].seconds,
      )}, alone in CPU seconds ${ratio(
        runs,
        run => run.cpu,
        i => alone[i].cpu,
      )}, whole process ${ratio(
        runs,
        run => run.seconds,
        i => processes[i].seconds,
      )}`,
    )
  }
  const [first, [search], [last]] = [alone[0], written, processes]
  const lengths = first.distances.map(distance => distance[norm])
  console.log(
    `  advx: attack alone ${spread(alone.map(run => run.seconds))} s, CPU ${spread(alone.map(run => run.cpu))} s, ` +
      `gradients ${first.gradients}, forwards ${first.forwards}, broken ${lengths.length}, ` +
      `${norm === 'l0' ? `pixels changed ${changed}` : `median ${middle(lengths, ours.pictures).toFixed(digits)}`}`,
  )
  console.log(
    `    on top for the written picture: ${spread(written.map((run, i) => run.seconds - alone[i].seconds))} s, ` +
      `gradients ${search.gradients}, forwards ${search.forwards}, written ${last.broken}, median ${last.median.toFixed(digits)}`,
  )
  console.log(
    `    whole process: ${spread(processes.map(run => run.seconds))} s, peak ${median(processes.map(run => run.peak)).toFixed(0)} MiB`,
  )
}
rmSync(work, { recursive: true, force: true })
