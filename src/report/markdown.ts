import type { Line, Report, Share } from '../engine/options.ts'
import { visible } from './escape.ts'
import { failuresOf } from './failed.ts'
import { count, duration, interval, length, percent, plural, threat } from './figures.ts'
import { shorten } from './markup.ts'
import { modelTitle } from './model-title.ts'

/** Rows of each part, so that the whole stays within 60 lines. */
const [ATTACKS, TAKERS, CHECKS, FAILURES, NOTES] = [12, 12, 8, 5, 3]

/** report.md: the figures in at most 60 lines of GitHub's Markdown, for the summary of a CI job. */
export function reportMarkdown(report: Report, lines: readonly Line[]): string {
  const blocks = [
    head(report),
    gate(report),
    attacks(report),
    takers(report),
    checks(report),
    failures(lines),
    notes(report),
    foot(report),
  ]
  return `${blocks
    .filter(block => block.length > 0)
    .map(block => block.join('\n'))
    .join('\n\n')}\n`
}

function head({ model, images, accuracy, target }: Report): string[] {
  const usable = images.found - images.failed
  const robust = accuracy.robust
  return [
    `## advx: ${code(modelTitle(model), 100)}`,
    '',
    `| Clean accuracy | ${robust ? `Robust accuracy at ${threat(robust.norm, robust.eps)}` : 'Robust accuracy'} | Pictures |`,
    '|---|---|---|',
    `| ${rate(accuracy.clean, 'no picture has a label')} | ${rate(robust, target === null ? 'no budget' : 'not defined for a target')} | ${count(usable)} usable of ${count(images.found)}, ${count(images.misclassified)} misclassified before any attack |`,
    ...(target === null ? [] : ['', `Target: ${code(target, 100)}`]),
  ]
}

function gate({ gate, accuracy }: Report): string[] {
  if (!gate) return []
  const value = accuracy.robust ? percent(accuracy.robust.value) : 'unknown'
  const unproven = gate.unproven
    ? ` ${plural(gate.unproven, 'picture')} that resisted met values that are not finite (V43), which counts as broken here.`
    : ''
  return [
    `**${gate.passed ? '✓ Gate passed' : '✗ Gate failed'}:** robust accuracy ${value}, at least ${percent(gate.failUnder)} wanted.${unproven}`,
  ]
}

function attacks({ attacks, target }: Report): string[] {
  const untargeted = target === null
  const row = (cells: readonly (string | null)[]): string =>
    `| ${cells
      .filter(c => c !== null)
      .map(c => c.replaceAll('|', '\\|'))
      .join(' | ')} |`
  return [
    row(['Attack', 'Budget', 'Success', 'Noise alone', untargeted ? 'Robust accuracy' : null, 'Median L2']),
    row(['---', '---', '---', '---', untargeted ? '---' : null, '---']),
    ...attacks
      .slice(0, ATTACKS)
      .map(a =>
        row([
          code(a.name, 60),
          threat(a.norm, a.eps),
          rate(a.success, 'none was attacked'),
          rate(a.noise, 'no budget'),
          untargeted ? rate(a.robust, 'no budget') : null,
          a.distance.l2 ? length(a.distance.l2.median) : '–',
        ]),
      ),
    ...more(attacks.length - ATTACKS, 'report.json'),
  ]
}

/** Which attack broke how many pictures first. */
function takers({ broken, target }: Report): string[] {
  if (broken.length < 2) return []
  const shown = broken.slice(0, TAKERS)
  const what = target === null ? 'broken' : 'brought to the target'
  const parts = shown.map(
    ({ attack, stage, pictures }) => `${code(stage === null ? attack : `${attack}: ${stage}`, 60)} ${count(pictures)}`,
  )
  return [
    `**Pictures ${what}, by the first attack that did it:** ${parts.join(', ')}.`,
    ...more(broken.length - shown.length, 'report.json'),
  ]
}

function checks({ checks }: Report): string[] {
  const doubtful = checks
    .filter(c => c.status !== 'pass')
    .sort((a, b) => Number(a.status === 'warn') - Number(b.status === 'warn'))
  return [
    `**Validity checks:** ${checks.length - doubtful.length} of ${checks.length} passed.`,
    ...(doubtful.length > 0 ? [''] : []),
    ...doubtful
      .slice(0, CHECKS)
      .map(
        c =>
          `- ${c.status === 'warn' ? '! warning' : '✗ failed'} **${plainText(c.id, 20)}** ${plainText(c.title, 100)}: ${code(c.detail, 300)}`,
      ),
    ...more(doubtful.length - CHECKS, 'report.json'),
  ]
}

function failures(lines: readonly Line[]): string[] {
  const all = failuresOf(lines)
  if (all.length === 0) return []
  return [
    `**${plural(all.length, 'picture')} failed:**`,
    '',
    ...all.slice(0, FAILURES).map(f => `- ${code(f.image, 100)}: ${code(f.error, 200)}`),
    ...more(all.length - FAILURES, 'results.jsonl'),
  ]
}

const notes = ({ notes, model }: Report): string[] => {
  const all = [...new Set([...model.notes, ...notes])]
  return [...all.slice(0, NOTES).map(note => `> ${code(note, 300)}`), ...more(all.length - NOTES, 'report.json')]
}

const foot = (report: Report): string[] => [
  code(report.command, 2000),
  '',
  `${plainText(report.tool, 20)} ${plainText(report.version, 30)}, ${duration(report.seconds)}, seed ${report.seed}; model sha256 ${code(report.model.sha256, 64)}. In brackets: 95 % intervals (Wilson).`,
]

const more = (n: number, where: string): string[] => (n > 0 ? ['', `And ${count(n)} more, in ${where}.`] : [])

const rate = (share: Share | null, absent: string): string =>
  share ? `**${percent(share.value)}** (${interval(share)})` : `– ${absent}`

/**
 * Text from outside as a code span in one line, in which nothing is markup: no link, no picture, no mention. The fence is
 * longer than any row of backticks in it.
 */
export function code(text: string, limit: number): string {
  const shown = visible(shorten(text, limit))
  const fence = '`'.repeat(1 + Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length)))
  const space = /^[`\s]|[`\s]$/.test(shown) || shown === '' ? ' ' : ''
  return `${fence}${space}${shown}${space}${fence}`
}

/** Our own words, without what could be markup if they came from elsewhere. */
const plainText = (text: string, limit: number): string =>
  visible(shorten(text, limit)).replace(/[\\`*_{}[\]()<>#+!|~@:]/g, c => `\\${c}`)
