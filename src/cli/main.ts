import { failure } from './failure.ts'
import { program } from './program.ts'
import { forgiveClosedPipes, paintError, tell } from './terminal.ts'

/** `advx` as a process: runs what the arguments ask for and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  forgiveClosedPipes()
  const root = program()
  try {
    await root.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    const command = root.commands.some(c => c.name() === argv[0]) ? argv[0] : ''
    const { exitCode, lines } = failure(error, command)
    for (const [i, line] of lines.entries()) tell(i === 0 ? `${paintError.red('advx:')} ${line}` : line)
    process.exitCode = exitCode
  }
}
