// All benchmarks, one after the other: node bench/run.js --python <interpreter with the peers> [--rounds 7]. See README.md.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { at } from './measure.js'

const { values } = parseArgs({
  options: { python: { type: 'string', default: 'python3' }, rounds: { type: 'string', default: '7' } },
})
const peers = ['--python', values.python]
const rounds = ['--rounds', values.rounds]
for (const [title, file, ...args] of [
  ['Input gradients', 'gradient.js', ...peers, ...rounds],
  ['A folder end to end', 'attack.js', ...peers, ...rounds],
  ['Start-up', 'start.js', ...rounds],
]) {
  console.log(`\n${title}`)
  const { status } = spawnSync(process.execPath, [at(file), ...args], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
