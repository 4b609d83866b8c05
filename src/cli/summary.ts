import { relative } from 'node:path'
import type { AttackSummary, Report } from '../engine/options.ts'
import { modelTitle } from '../report/model-title.ts'
import { commandLine } from './command-line.ts'
import { budgetText, count, durationText, lengthText, NORM_TITLES, percentText, shareText } from './figures.ts'
import { printable } from './printable.ts'
import { table } from './table.ts'
import type { Paint } from './terminal.ts'

/** What a person reads after a run: figures, what is doubtful, where the files are, what to type next. */
export function summary(report: Report, out: string, paint: Paint): string {
  const folder = relative(process.cwd(), out) || '.'
  const blocks = [head(report, paint), attacks(report, paint), doubts(report, paint), gate(report, paint)]
  return [...blocks.filter(block => block !== ''), next(report, folder.startsWith('..') ? out : folder, paint)].join(
    '\n\n',
  )
}

function head({ model, images, target, accuracy, seconds, runtime }: Report, paint: Paint): string {
  const groups: [number, string][] = [
    [images.failed, 'failed'],
    [images.misclassified, 'misclassified before any attack'],
    [images.skipped, 'of the target class already'],
    [images.attacked, 'attacked'],
  ]
  const parts = groups.filter(([n], i) => n > 0 || i === 3).map(([n, what]) => `${n} ${what}`)
  const rows = [
    ['Model', `${printable(modelTitle(model))}, ${model.classes} classes, input ${model.input.join(' x ')}`],
    ['Pictures', `${images.found}: ${parts.join(', ')}`],
    ['Clean accuracy', accuracy.clean ? shareText(accuracy.clean) : 'unknown: no picture has a given label'],
    ...(target === null ? [] : [['Target', printable(target)]]),
    [
      'Took',
      `${durationText(seconds)} on ${printable(String(runtime.device))}, ${count(Number(runtime.threads), 'thread')}`,
    ],
  ]
  return table(rows.map(([name, text]) => [paint.bold(name), text]))
}

function attacks({ attacks, accuracy, broken, target }: Report, paint: Paint): string {
  const titles = [
    'Attack',
    'Budget',
    'Success',
    'Noise',
    ...(target === null ? ['Robust accuracy'] : []),
    'Median distance',
  ]
  const rows = attacks.map(a => [
    printable(a.name),
    budgetText(a.norm, a.eps),
    shareText(a.success),
    a.noise ? percentText(a.noise.value) : 'not measured',
    ...(target === null ? [shareText(a.robust)] : []),
    medianText(a),
  ])
  const lines = [table([titles.map(title => paint.bold(title)), ...rows])]
  if (accuracy.robust && (attacks.length > 1 || attacks[0].eps === null))
    lines.push(
      `${paint.bold('Robust accuracy')} at ${budgetText(accuracy.robust.norm, accuracy.robust.eps)}${attacks.length > 1 ? ' against all of them' : ''}: ${shareText(accuracy.robust)}`,
    )
  if (broken.length > 1)
    lines.push(
      `${paint.bold('First to break')} a picture: ${broken.map(({ attack, stage, pictures }) => printable(`${stage === null ? attack : `${attack}: ${stage}`} ${pictures}`)).join(', ')}`,
    )
  lines.push(
    paint.dim('In brackets: 95 % intervals (Wilson). Figures are of the written 8-bit files, read back from disk.'),
    paint.dim('Noise: pictures that fall to one sample of uniform noise of the same budget.'),
  )
  return lines.join('\n')
}

function medianText({ norm, distance }: AttackSummary): string {
  const shown = norm === 'linf' ? (['linf', 'l2'] as const) : ([norm] as const)
  const texts = shown.flatMap(n => {
    const spread = distance[n]
    return spread ? [`${NORM_TITLES[n]} ${lengthText(n, spread.median)}`] : []
  })
  return texts.join(', ') || 'none broken'
}

/** The checks that did not pass. */
function doubts({ checks }: Report, paint: Paint): string {
  const passed = checks.filter(c => c.status === 'pass').length
  const first = `${paint.bold('Checks')}  ${passed} of ${checks.length} passed`
  const rows = checks
    .filter(c => c.status !== 'pass')
    .map(({ id, status, title, detail }) => [
      status === 'fail' ? paint.red('failed') : paint.yellow('warning'),
      id,
      `${title}: ${printable(detail)}`,
    ])
  return rows.length === 0 ? first : `${first}\n${table(rows, '  ')}`
}

/** What came of the gate, in a line; empty where there is none. */
export function gate({ gate, accuracy }: Report, paint: Paint): string {
  if (!gate) return ''
  const least = `${Number((100 * gate.failUnder).toPrecision(6))} %`
  const value = accuracy.robust ? `${(100 * accuracy.robust.value).toFixed(1)} %` : 'unknown'
  const unproven = gate.unproven
    ? `; ${count(gate.unproven, 'picture')} that resisted met values that are not finite (V43), and here that counts as broken`
    : ''
  return `${gate.passed ? paint.green('Gate passed:') : paint.red('Gate failed:')} robust accuracy ${value}, at least ${least} wanted${unproven}`
}

function next({ checks, images, accuracy, attacks }: Report, folder: string, paint: Paint): string {
  const shown = printable(folder)
  const names = [...new Set(attacks.map(a => printable(a.name)))]
  const lines = table([
    [paint.bold('Results'), `${shown}/report.html`, 'open it in a browser'],
    [
      '',
      `${shown}/`,
      `perturbed pictures by attack (${names.join(', ')}), clean/, results.jsonl, report.{json,md,csv}`,
    ],
    [
      paint.bold('Next'),
      `advx verify ${printable(commandLine([folder]))}`,
      'reads every picture again, recomputes every line',
    ],
  ])
  if (checks.some(c => c.id === 'V01' && c.status === 'fail'))
    return `${lines}\n         Low clean accuracy often is the wrong preprocessing: advx inspect says what was found, -p sets it.`
  const stronger = ['steps', 'restarts'].filter(name => attacks.some(a => name in a.params)).map(name => `--${name}`)
  const resisting = accuracy.robust?.value !== 0 && attacks.some(a => a.success && a.success.value < 1)
  if (images.attacked > 0 && resisting && stronger.length > 0)
    return `${lines}\n         More ${stronger.join(' or ')} may break pictures that still resist.`
  return lines
}
