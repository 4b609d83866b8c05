import { readFile, stat } from 'node:fs/promises'
import { AdvxError, expected, type Fault } from '../errors.ts'

/** A text file of settings larger than this is something else. */
const LARGEST = 2 ** 24

/** The text of a small file, in UTF-8 or, where a byte order mark says so, UTF-16; without that mark. `fault`: whose file it is. */
export async function readText(path: string, fault: Fault): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > LARGEST) throw expected(fault, 'at most 16 MB', path, `${size} bytes`)
    const bytes = await readFile(path)
    return new TextDecoder(encodingOf(bytes)).decode(bytes)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof AdvxError || !code) throw error
    throw new AdvxError(fault, `${path} cannot be read (${code}).`, { cause: error })
  }
}

/** By the byte order mark that a file may begin with, https://encoding.spec.whatwg.org/#bom-sniff. */
const encodingOf = ([first, second]: Uint8Array): string =>
  first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'

/** A JSON object in a text. `subject` says where it came from. */
export function parseObject(text: string, subject: string, fault: Fault): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new AdvxError(fault, `${subject} is no JSON: ${(error as Error).message}.`, { cause: error })
  }
  if (isObject(value)) return value
  throw expected(fault, 'a JSON object', subject, Array.isArray(value) ? value : typeof value)
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads values of a JSON object with errors that name key and place. Keys that are null count as absent. */
export class Settings {
  readonly subject: string
  readonly fault: Fault
  readonly #values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>, subject: string, fault: Fault) {
    this.#values = values
    this.subject = subject
    this.fault = fault
  }

  get keys(): string[] {
    return Object.keys(this.#values).filter(key => this.get(key) !== undefined)
  }

  get(key: string): unknown {
    return Object.hasOwn(this.#values, key) ? (this.#values[key] ?? undefined) : undefined
  }

  flag(key: string, absent: boolean): boolean {
    const value = this.get(key) ?? absent
    if (typeof value !== 'boolean') throw this.wrong('true or false', key)
    return value
  }

  /** A text that is not empty. */
  text(key: string): string {
    const value = this.get(key)
    if (typeof value !== 'string' || value.trim() === '') throw this.wrong('a text', key)
    return value
  }

  number(key: string, absent: number): number {
    const value = this.get(key) ?? absent
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.wrong('a number', key)
    return value
  }

  /** A list of numbers, or one number. */
  numbers(key: string): number[] | null {
    const value = this.get(key)
    if (value === undefined) return null
    const list = Array.isArray(value) ? value : [value]
    if (list.length === 0 || !list.every(v => typeof v === 'number' && Number.isFinite(v)))
      throw this.wrong('numbers', key)
    return list
  }

  /** A number of pixels. */
  pixels(key: string): number {
    const value = this.get(key)
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65536) return value
    throw this.wrong('a number of pixels', key)
  }

  /** The settings within one of these. */
  inner(key: string): Settings {
    return new Settings(this.get(key) as Record<string, unknown>, `'${key}' of ${this.subject}`, this.fault)
  }

  wrong(what: string, key: string): AdvxError {
    return expected(this.fault, what, `'${key}' of ${this.subject}`, JSON.stringify(this.get(key)))
  }
}
