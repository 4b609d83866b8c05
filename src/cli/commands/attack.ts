import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type AttackRequest, attackCommand, attackRequest } from '../attack-options.ts'
import { commandLine } from '../command-line.ts'
import { checkDefaultModel } from '../default-model.ts'
import { printable } from '../printable.ts'
import { showProgress } from '../progress.ts'
import { interruptible } from '../signals.ts'
import { addStepSummary } from '../step-summary.ts'
import { gate, summary } from '../summary.ts'
import { paint, paintError, say, sayJson, tell } from '../terminal.ts'

/** `advx attack <images...>` */
export function attack(): Command {
  const command = attackCommand()
  return command.action(async () => {
    const request = attackRequest(command)
    const { model, images } = request.options
    if (model === undefined) await checkDefaultModel(images)
    await (request.dryRun ? showPlan(request) : run(request, `advx ${commandLine(command.parent?.args ?? [])}`))
  })
}

async function run({ options, json }: AttackRequest, typed: string): Promise<void> {
  const { runAttack } = await import('../../engine/run.ts')
  const progress = await showProgress()
  try {
    const result = await interruptible(signal =>
      runAttack({ ...options, command: typed }, event => progress.on(event), signal),
    )
    progress.stop()
    const missed = await addStepSummary(result.out, process.env.GITHUB_STEP_SUMMARY)
    if (missed !== null) tell(`${paintError.yellow('Warning:')} ${printable(missed)}`)
    if (json) {
      sayJson(await readFile(join(result.out, 'report.json'), 'utf8'))
      if (result.report.gate?.passed === false) tell(gate(result.report, paintError))
    } else say(summary(result.report, result.out, paint))
    process.exitCode = result.exitCode
  } finally {
    progress.stop()
  }
}

async function showPlan({ options, json }: AttackRequest): Promise<void> {
  const [{ prepare, estimate }, { planJson, planText }] = await Promise.all([
    import('../../engine/run.ts'),
    import('../dry-run.ts'),
  ])
  const prepared = await prepare(options)
  for (const note of prepared.notes) tell(`${paintError.cyan('Note:')} ${printable(note)}`)
  const time = await estimate(prepared, options.threads)
  if (json) sayJson(planJson(prepared, time))
  else say(planText(prepared, time, paint))
}
