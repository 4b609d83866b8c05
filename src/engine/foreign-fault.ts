// Attack and defense files are anybody's: what goes wrong in them is told as theirs.
import { spawnSync } from 'node:child_process'
import { inspect, types } from 'node:util'
import { AdvxError } from '../errors.ts'

/** How the search of a URL begins that is no file of the package; the word for what it defines follows. */
export const OWN = '?advx-'

/** What a file of somebody's threw, as an error that begins so: "Attack 'mine' failed". */
export const foreignFault = (beginning: string, thrown: unknown): AdvxError =>
  new AdvxError('usage', `${beginning}: ${reasonOf(thrown)}`, { cause: thrown })

/** The same of an error that came by another way, such as a timer of the file's; null: it is nobody's but ours. */
export function foreignFaultIn(error: unknown): AdvxError | null {
  const at = error instanceof Error ? placeOf(error) : null
  return at && foreignFault(`${titled(at.word)} '${at.name}' failed`, error)
}

/** A word as a sentence begins with it. */
export const titled = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** An error's message and the line that threw it, where that is in a file of somebody's; of anything else, what it is. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error || types.isNativeError(thrown))) return `it throws ${short(thrown)}, which is no Error`
  const at = placeOf(thrown)
  return at ? `${thrown.message} (${at.name}.js, line ${at.line})` : thrown.message
}

/** Where a stack of calls goes through a file of somebody's; null: nowhere. */
function placeOf({ stack = '' }: Error): { word: string; name: string; line: number } | null {
  const found = /([^/\\\s]+)\.[cm]?js\?advx-(attack|defense):(\d+):\d+/.exec(stack)
  return found && { word: found[2], name: decodeURIComponent(found[1]), line: Number(found[3]) }
}

/** The line at which text is no JavaScript module; null: it is one. Node tells that of a process's own text alone. */
export function brokenLine(text: string): number | null {
  const { stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    input: text,
    encoding: 'utf8',
  })
  const found = /^\[stdin\]:(\d+)/.exec(stderr ?? '')
  return found && Number(found[1])
}

/** A value in a few words. */
export const short = (value: unknown): string => {
  if (types.isPromise(value)) return 'a promise'
  if (value === undefined) return 'nothing'
  return inspect(value, { depth: 1, maxArrayLength: 3, maxStringLength: 60, breakLength: Infinity })
}
