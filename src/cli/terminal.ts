import { Console } from 'node:console'
import chalk, { Chalk, type ChalkInstance, chalkStderr } from 'chalk'
import { printableJson } from './printable.ts'

/** Colours for one stream: those of its terminal, none in a pipe; NO_COLOR and FORCE_COLOR are heeded. */
export type Paint = ChalkInstance

// https://no-color.org; chalk knows FORCE_COLOR alone.
const unwanted = Boolean(process.env.NO_COLOR) && process.env.FORCE_COLOR === undefined
export const plain: Paint = new Chalk({ level: 0 })
export const paint: Paint = unwanted ? plain : chalk
export const paintError: Paint = unwanted ? plain : chalkStderr

/** What was asked for, on stdout. Names from outside go through `printable` before. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** What the person at the terminal should know, on stderr. */
export const tell = (text: string): void => void process.stderr.write(`${text}\n`)

/** What libraries and the user's own files print goes to stderr: stdout holds what was asked for, and nothing else. */
export function printToStderr(): void {
  globalThis.console = new Console(process.stderr)
}

/** JSON on stdout: the text as it is, but in a terminal with its invisible characters escaped. */
export const sayJson = (text: string): void =>
  void process.stdout.write(process.stdout.isTTY ? printableJson(text) : text)

/** A reader that has seen enough (`| head`) is no error; a full disk behind a redirection is one of the output. */
export function forgiveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return
      process.stderr.write(
        `advx: Cannot write to standard output (${error.code}). Free some space, or send it elsewhere.\n`,
      )
      process.exit(3)
    })
}
