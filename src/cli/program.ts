import { Command } from 'commander'
import { addChosenParameters } from './attack-options.ts'
import { attack } from './commands/attack.ts'
import { convert } from './commands/convert.ts'
import { addDefenseParameters, defend } from './commands/defend.ts'
import { doctor } from './commands/doctor.ts'
import { help } from './commands/help.ts'
import { inspect } from './commands/inspect.ts'
import { list } from './commands/list.ts'
import { models } from './commands/models.ts'
import { train } from './commands/train.ts'
import { addVerdictParameters, verdict } from './commands/verdict.ts'
import { verify } from './commands/verify.ts'
import { version } from './package.ts'

const HELP = `
Examples:
  advx attack fixtures/images                      the embedded model and pictures
  advx attack -m model.onnx -p imagenet photos/    your own: photos/<class>/<any name>.jpg
  advx help pgd                                    an attack, its parameters, their ranges
  advx defend bit-depth -m model.onnx -o hardened.onnx --data photos/
  advx verify advx-out                             recompute a run from its files
`

/** All commands. Errors are thrown, never printed here: CommanderError, AdvxError. */
export function program(): Command {
  const root = new Command('advx')
    .description('Adversarial robustness of image classifiers.')
    .version(version(), '-V, --version', 'the version')
    .helpOption('-h, --help', 'this text')
    .helpCommand(false)
    .addHelpText('after', HELP)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: () => {} })
  for (const make of [attack, verify, train, defend, verdict, list, help, models, inspect, convert, doctor])
    root.addCommand(inheriting(make(), root))
  return root.hook('preSubcommand', async (_, command) => {
    const argv = root.args.slice(1)
    if (command.name() === 'attack') await addChosenParameters(command, argv)
    if (command.name() === 'defend') await addDefenseParameters(command, argv)
    if (command.name() === 'verdict') await addVerdictParameters(command)
  })
}

/** Commands below a command throw their errors too. */
function inheriting(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent)
  for (const inner of command.commands) inheriting(inner, command)
  return command
}
