import { Command } from 'commander'
import type { VerdictOptions } from '../../engine/verdict.ts'
import { attackOptions } from '../attack-options.ts'
import { commandLine } from '../command-line.ts'
import { addParameters, givenParameters } from '../parameter-options.ts'
import { showVerdict } from '../verdict-text.ts'
import { oneBudget } from './defend.ts'

const SHARED = ['norm', 'labels', 'classes', 'device', 'threads', 'batchSize', 'seed', 'limit', 'force']

const HELP = `
The attacks are those of advx, not the one that a defense was made against: auto, fgsm, pgd and square within the budget,
deepfool and fmn for the nearest. Where the gradients of the model are masked the verdict says so. What it writes:
verdict.html, verdict.json, and each run in a folder of its own.

Example:
  advx verdict -m hardened.onnx --before model.onnx photos/
`

/** `advx verdict <images...>` */
export function verdict(): Command {
  const command = new Command('verdict')
    .description('attack a model before and after its defense, and look for the signs of masked gradients')
    .argument('<images...>', 'folders, files or globs; none that a defense was trained on')
    .requiredOption('-m, --model <file or name>', 'the hardened model')
    .option('--before <file or name>', 'the model as it was')
    .option('-p, --preprocess <name or file>', 'of both, as for attack')
    .option('-o, --out <folder>', 'where the verdict goes', 'advx-verdict')
    .option('--json', 'print verdict.json, and nothing else on stdout')
    .addHelpText('after', HELP)
  for (const made of attackOptions([...SHARED, 'eps'])) command.addOption(made)
  return command.action(async () => {
    const { model, before, preprocess, json, out, eps, ...rest } = command.opts()
    const prepared = preprocess === undefined ? {} : { preprocess }
    const options = Object.fromEntries(Object.entries(rest).filter(([name]) => SHARED.includes(name)))
    await showVerdict(
      {
        ...options,
        ...(eps === undefined ? {} : { eps: await oneBudget(eps) }),
        images: command.args,
        out,
        params: givenParameters(command),
        before: before === undefined ? null : { model: before, ...prepared },
        after: { model, ...prepared },
        command: `advx ${commandLine(command.parent?.args ?? [])}`,
      } as VerdictOptions,
      json === true,
    )
  })
}

/** Adds the parameters of the attacks that a verdict runs: `--auto.steps`. */
export async function addVerdictParameters(command: Command): Promise<void> {
  const { loadAttack } = await import('../../engine/registry.ts')
  const { VERDICT_ATTACKS } = await import('../../engine/verdict.ts')
  const attacks = await Promise.all(VERDICT_ATTACKS.map(loadAttack))
  addParameters(
    command,
    attacks.map(({ name, attack }) => ({ name, params: attack.params })),
    [],
  )
}
