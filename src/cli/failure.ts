import { CommanderError } from 'commander'
import { foreignFaultIn } from '../engine/foreign-fault.ts'
import { AdvxError, type Fault } from '../errors.ts'
import { printable } from './printable.ts'

/** How a command ends: the exit code of the contract, and what to say on stderr. */
export interface Failure {
  readonly exitCode: number
  /** Lines, the first for people in a hurry; none where nothing is wrong. */
  readonly lines: readonly string[]
}

const EXIT: Readonly<Record<Exclude<Fault, 'internal'>, number>> = { usage: 2, model: 3, picture: 3, output: 3 }
/** EX_SOFTWARE of sysexits.h. */
const BUG = 70
export const INTERRUPTED = 130

/** What to say about an error; `command` names the one whose help shows the right use. */
export function failure(error: unknown, command = ''): Failure {
  if (error instanceof CommanderError) return misused(error, command)
  if (error instanceof AdvxError && error.fault !== 'internal')
    return { exitCode: EXIT[error.fault], lines: [printable(error.message)] }
  if (error instanceof Error && error.name === 'Interrupted')
    return { exitCode: INTERRUPTED, lines: [printable(error.message)] }
  const foreign = foreignFaultIn(error)
  if (foreign) return { exitCode: EXIT.usage, lines: [printable(foreign.message)] }
  if ((error as NodeJS.ErrnoException)?.code === 'ERR_UNHANDLED_REJECTION')
    return {
      exitCode: EXIT.usage,
      lines: [printable(`A file of your own rejects a promise: ${(error as Error).message}`)],
    }
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
  return {
    exitCode: BUG,
    lines: [
      `This is a bug of advx: ${printable(message)}`,
      ...(stack ?? '')
        .split('\n')
        .slice(1)
        .map(line => printable(line)),
      'Please report it, with the lines above, the command and what `advx doctor` says.',
    ].filter(line => line !== ''),
  }
}

/** A command line that commander did not take. */
function misused({ code, message }: CommanderError, command: string): Failure {
  if (code === 'commander.helpDisplayed' || code === 'commander.version') return { exitCode: 0, lines: [] }
  if (code === 'commander.help') return { exitCode: 2, lines: [] }
  const [what, suggestion = ''] = message.replace(/^error: /, '').split('\n')
  const sentence = what.charAt(0).toUpperCase() + what.slice(1).replace(/\.$/, '')
  const hint = suggestion ? suggestion.replace(/^\((.*)\)$/, '$1') : `Try: advx ${command && `${command} `}--help`
  return { exitCode: 2, lines: [printable(`${sentence}. ${hint}`)] }
}
