// node check-report.js <out> <pictures>: whether a run of the embedded model did what it says.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [out, pictures] = [process.argv[2], Number(process.argv[3])]
const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))
const lines = readFileSync(join(out, 'results.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line))
const adversarial = lines.filter(line => line.outcome === 'adversarial')

const wrong = [
  [
    report.images.found === pictures && lines.length === pictures,
    `${report.images.found} pictures in the report, ${lines.length} lines`,
  ],
  [report.images.failed === 0, `${report.images.failed} pictures failed`],
  [report.accuracy.clean.value >= 0.8, `clean accuracy ${report.accuracy.clean.value}`],
  [adversarial.length >= 0.7 * pictures, `${adversarial.length} adversarial pictures`],
  [report.checks.every(check => check.status !== 'fail'), `checks: ${JSON.stringify(report.checks)}`],
  [
    adversarial.every(line => existsSync(join(out, line.file)) && line.distance.linf <= line.eps),
    'a written picture is missing or outside the ball',
  ],
  ...['html', 'md', 'csv'].map(kind => [existsSync(join(out, `report.${kind}`)), `no report.${kind}`]),
].filter(([right]) => !right)
for (const [, what] of wrong) console.error(`check-report: ${what}`)
process.exitCode = wrong.length > 0 ? 1 : 0
