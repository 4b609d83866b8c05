import { expected } from '../errors.ts'

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/**
 * A number as people type it: `8/255`, `0.03`, `1e-2`.
 *
 * @param flag where it was typed, for the message
 * @throws AdvxError 'usage' for anything else: no number, a division by 0, a sign where `signed` is not set
 */
export function parseNumber(text: string, flag: string, { signed = false }: { signed?: boolean } = {}): number {
  const parts = text.trim().split('/')
  const numbers = parts.map(part => (DECIMAL.test(part.trim()) ? Number(part) : Number.NaN))
  const value = parts.length === 1 ? numbers[0] : parts.length === 2 ? numbers[0] / numbers[1] : Number.NaN
  const hint = 'Try 8/255, 0.03 or 1e-2.'
  if (!Number.isFinite(value)) throw expected('usage', 'a number', flag, text, hint)
  if (!signed && (value < 0 || Object.is(value, -0)))
    throw expected('usage', 'a number without a sign', flag, text, hint)
  return value
}

/** Numbers by comma, one at least. */
export const parseNumbers = (text: string, flag: string): number[] =>
  text.split(',').map(part => parseNumber(part, flag))

/** @throws AdvxError 'usage' unless it is a whole number of the range. */
export function parseWhole(text: string, flag: string, min: number, max: number): number {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  const value = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw expected('usage', `a whole number ${range}`, flag, text)
  return value
}

/** A share of 0..1 from `50` or `50%`. Below 1 the sign is needed: 0.5 might mean half as well. */
export function parsePercent(text: string, flag: string): number {
  const marked = /%\s*$/.test(text)
  const value = parseNumber(text.replace(/%\s*$/, ''), flag)
  if (value > 100) throw expected('usage', 'a percentage from 0 to 100', flag, text)
  if (value < 1 && !marked)
    throw expected(
      'usage',
      'a percentage',
      flag,
      text,
      value === 0 ? 'Say 0%.' : `Say ${text.trim()}% or ${Number((100 * value).toPrecision(12))}%.`,
    )
  return value / 100
}
