import { Option } from 'commander'
import { expected, suggest } from '../errors.ts'
import { parseWhole } from './number.ts'

/** An option whose value goes through `parse`; given twice the last counts. */
export function option<T>(flags: string, help: string, parse: (text: string, flag: string) => T): Option {
  const made = new Option(flags, help)
  return made.argParser(text => parse(text, made.long!))
}

/** A text that is not empty. */
export const text = (value: string, flag: string): string => {
  if (value === '') throw expected('usage', 'a value', flag, value)
  return value
}

export const whole = (min: number, max: number) => (value: string, flag: string) => parseWhole(value, flag, min, max)

export const oneOf =
  <T extends string>(known: readonly T[]) =>
  (value: string, flag: string): T => {
    const found = known.find(name => name === value)
    if (!found) throw expected('usage', `one of ${known.join(', ')}`, flag, value, suggest(value, known))
    return found
  }
