import type { Command } from 'commander'
import { failure } from './failure.ts'
import { leave } from './leave.ts'
import { program } from './program.ts'
import { forgiveClosedPipes, paintError, printToStderr, tell } from './terminal.ts'

/** `advx` as a process: runs what the arguments ask for and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  forgiveClosedPipes()
  printToStderr()
  const root = program()
  const say = (error: unknown): number => {
    const { exitCode, lines } = failure(error, typedCommand(root, argv))
    for (const [i, line] of lines.entries()) tell(i === 0 ? `${paintError.red('advx:')} ${line}` : line)
    return exitCode
  }
  // What nobody waits for, such as a timer that a file of the user's set.
  process.once('uncaughtException', error => void leave(say(error)))
  let over = false
  process.once('exit', code => {
    if (over || code !== 0) return
    tell(`${paintError.red('advx:')} Nothing was finished: process.exit() was called. Does a file of your own do that?`)
    process.exitCode = 2
  })
  try {
    await root.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    process.exitCode = say(error)
  }
  over = true
}

/** `models pull` of `models pull x`; empty where no command was named. */
function typedCommand(root: Command, argv: readonly string[]): string {
  const names: string[] = []
  let commands = root.commands
  for (const name of argv) {
    const found = commands.find(command => command.name() === name)
    if (!found) break
    names.push(name)
    commands = found.commands
  }
  return names.join(' ')
}
