import { open } from 'node:fs/promises'
import { AdvxError } from '../errors.ts'
import { outputError } from './file-error.ts'

/** A file of one JSON record a line, each on disk before the next; calls take their turn. */
export interface JsonLines {
  /** The records in the file. */
  lines(): Promise<object[]>
  /** Keeps the first n lines. */
  truncate(n: number): Promise<void>
  /** Adds a line and has it on disk (fsync); a line that does not fit leaves nothing of itself. */
  append(line: object): Promise<void>
  close(): Promise<void>
}

/** Complete records, and the offset in bytes behind each. */
interface Records {
  readonly lines: object[]
  readonly ends: number[]
}

/**
 * Opens or makes such a file. A last line that a kill or a power cut left torn is cut off.
 * @throws AdvxError 'output' when a line before the last is broken, which no kill does, or the file cannot be written
 */
export async function openJsonLines(path: string): Promise<JsonLines> {
  const failing = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      throw outputError(cause, `'${path}'`)
    }
  }
  const handle = await failing(() => open(path, 'a+'))
  const read = async (): Promise<Records> => {
    const { size } = await handle.stat()
    const bytes = new Uint8Array(size)
    // At most 1 GiB a call, so that no size of file meets the system's own limit.
    for (let at = 0; at < size; ) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(size - at, 2 ** 30), at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    return parseRecords(bytes, path)
  }
  const cut = async (size: number): Promise<void> => {
    if ((await handle.stat()).size === size) return
    await handle.truncate(size)
    await handle.sync()
  }
  const write = async (line: object): Promise<void> => {
    const { size } = await handle.stat()
    try {
      await handle.appendFile(`${JSON.stringify(line)}\n`)
      await handle.sync()
    } catch (cause) {
      await handle.truncate(size).catch(() => {})
      throw cause
    }
  }
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(() => failing(work))
    turn = result.catch(() => {})
    return result
  }
  try {
    await inTurn(async () => cut((await read()).ends.at(-1) ?? 0))
  } catch (cause) {
    await handle.close()
    throw cause
  }
  return {
    lines: () => inTurn(async () => (await read()).lines),
    truncate: n => inTurn(async () => cut(n === 0 ? 0 : ((await read()).ends[n - 1] ?? (await handle.stat()).size))),
    append: line => inTurn(() => write(line)),
    close: () => inTurn(() => handle.close()),
  }
}

const NEWLINE = 10

/** @throws AdvxError 'output' for a broken line that is not the last */
function parseRecords(bytes: Uint8Array, path: string): Records {
  const lines: object[] = []
  const ends: number[] = []
  for (let start = 0; ; ) {
    const newline = bytes.indexOf(NEWLINE, start)
    if (newline < 0) break
    const line = parseLine(bytes.subarray(start, newline))
    start = newline + 1
    if (line) {
      lines.push(line)
      ends.push(start)
    } else if (start < bytes.length) {
      const hint = 'Correct or delete that line, or start anew with --force or another --out.'
      throw new AdvxError('output', `Expected a JSON record in line ${lines.length + 1} of '${path}'. ${hint}`)
    } else break
  }
  return { lines, ends }
}

/** The record in a line, or null. */
export function parseLine(bytes: Uint8Array): object | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}
