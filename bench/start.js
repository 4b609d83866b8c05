// From the command to the first result on disk: one small picture, warm. And the least that a command takes.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ADVX, at, byTurns, machine, median, spread, timed } from './measure.js'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } })
const out = join(mkdtempSync(join(tmpdir(), 'advx-bench-')), 'out')
const attack = () =>
  timed(process.execPath, [
    ADVX,
    'attack',
    at('../fixtures/images/bag'),
    '--limit',
    '1',
    '--force',
    '--json',
    '-o',
    out,
  ])
const results = await byTurns(
  { 'advx attack, one picture': attack, 'node -e 0': () => timed(process.execPath, ['-e', '0']) },
  Number(values.rounds),
)
rmSync(join(out, '..'), { recursive: true, force: true })

console.log(`${machine()}; ${values.rounds} interleaved rounds, median (least to most)`)
for (const [name, runs] of Object.entries(results))
  console.log(
    `${name.padEnd(26)} ${spread(runs.map(r => r.seconds))} s  peak ${median(runs.map(r => r.peak)).toFixed(0)} MiB`,
  )
