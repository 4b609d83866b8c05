import { AdvxError, expected } from '../../errors.ts'

export type Json = Readonly<Record<string, unknown>>

// What a model.json says, each part checked where it is read. `subject` names it in errors.

export function object(value: unknown, subject: string): Json {
  if (isObject(value)) return value
  throw expected('model', 'an object', subject, kindOf(value))
}

export function list(value: unknown, subject: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw expected('model', 'a list', subject, kindOf(value))
}

export function text(value: unknown, subject: string): string {
  if (typeof value === 'string') return value
  throw expected('model', 'a text', subject, kindOf(value))
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const kindOf = (value: unknown): string =>
  value === undefined ? 'nothing' : Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value

/** The object that a JSON text is. */
export function parseJson(source: string): Json {
  let value: unknown
  try {
    value = JSON.parse(source.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new AdvxError('model', `It is no JSON: ${(error as Error).message}.`, { cause: error })
  }
  return object(value, 'a tfjs model')
}
